import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COUNTY } from './testing/memory-federation.ts';
import { freePort } from '@liandong/runtime/local';
import { personAt } from './testing/people.ts';
import { TestGateway } from './testing/test-gateway.ts';

const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

describe.skipIf(BROWSER === undefined)('the page for asking by hand (needs Chromium)', { timeout: 120_000 }, () => {
  let gateway: TestGateway;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    gateway = await TestGateway.open();
    const port = await freePort();
    await gateway.gateway.listen(port, '127.0.0.1');
    url = `http://127.0.0.1:${port}/graphql`;
    browser = await chromium.launch({ executablePath: BROWSER ?? '', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  /** Opens the page, and records the browser's complaints and its fetches from other origins. */
  async function open(): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('request', (request) => {
      const from = new URL(request.url().replace(/^blob:/, '')).origin;
      if (from !== new URL(url).origin && !request.url().startsWith('data:')) complaints.push(request.url());
    });
    await page.goto(url);
    return { page, complaints };
  }
  const editor = (page: Page, name: string) => page.locator(`${name} .monaco-editor:visible`).first();
  const write = async (page: Page, name: string, text: string) => {
    await editor(page, name).click();
    await page.keyboard.press('ControlOrMeta+A');
    // pasted, because the editor closes brackets itself while a person types
    await page.evaluate((pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }, text);
  };
  const answered = async (page: Page) => {
    await page.locator('.graphiql-execute-button').click();
    return page.locator('.result-window');
  };

  test('answers its first question, and the browser has nothing to complain of under the headers', async () => {
    const { page, complaints } = await open();
    const result = await answered(page);
    await expect.poll(() => result.innerText(), { timeout: 20_000 }).toContain('catalog');
    expect(await result.innerText()).not.toContain('errors');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('asks what was put in, with the token put below', async () => {
    const { page, complaints } = await open();
    const id = gateway.file();
    await write(page, '.graphiql-query-editor', `query Catalogue { case(id: "${id}") { number applicant { name } } }`);
    const stranger = await answered(page);
    await expect.poll(() => stranger.innerText(), { timeout: 20_000 }).toContain('UNAUTHENTICATED');
    await page.getByRole('button', { name: 'Headers' }).click();
    const token = await gateway.tokens.token(personAt(COUNTY, 'CLERK'));
    await write(page, '.graphiql-editor-tool', JSON.stringify({ authorization: `Bearer ${token}` }));
    const result = await answered(page);
    await expect.poll(() => result.innerText(), { timeout: 20_000 }).toContain('applicant');
    expect(await result.innerText()).not.toContain('UNAUTHENTICATED');
    expect(complaints).toEqual([]);
    await page.close();
  });
});
