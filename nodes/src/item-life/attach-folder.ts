import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '@liandong/runtime';
import { itemFormSchema } from '@liandong/schema/domains/catalogue';
import { problem } from '@liandong/schema/kernel';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { z } from 'zod';
import type { HostDb } from '../db/index.ts';
import type { GivenForm } from '../item-forms/index.ts';
import { checkedForm } from '../item-forms/index.ts';
import { DUTIES } from '../tiers/index.ts';
import { attachForm, baseIn } from './attached-forms.ts';
import { lockItem } from '../catalogue/index.ts';

const folderSchema = z.array(
  z.strictObject({
    item: z.string().min(1).max(50),
    ...itemFormSchema.pick({ material: true, kind: true, title: true, fileName: true, mediaType: true }).shape,
  }),
);

/** The author of a first import's forms: any person who may run commands on the city's host. */
const COMMAND = { author: 'liandong-command', authorName: '命令行' };

/**
 * Attaches the forms of a folder to the drafts of their items: `forms.json` lists them, and their files lie beside it.
 * With one fault none is attached. A published item gets a draft that the three desks review, by a named author.
 * @returns titles of the forms
 * @throws {ProblemError} NOT_COMPETENT, CATALOGUE_INVALID, ITEM_UNKNOWN, BAD_INPUT, and what checks of files throw
 */
export async function attachFolder(
  db: HostDb,
  node: DivisionCode,
  divisions: Divisions,
  folder: string,
  now: Date,
  author: string | null,
): Promise<string[]> {
  if (!DUTIES[divisions.get(node).tier].publishesCatalogue) {
    throw problem('NOT_COMPETENT', `The basic catalogue belongs to ${divisions.city.code} ${divisions.city.name}.`);
  }
  const given = await readFolder(folder);
  const by = author === null ? COMMAND : { author, authorName: author };
  return db.transact(node, async (tx) => {
    for (const { item, form } of given) {
      const file = await lockItem(tx, item);
      const known = baseIn(file, item).forms ?? [];
      // the same folder again changes nothing
      if (known.some(({ title, sha256 }) => title === form.form.title && sha256 === form.form.sha256)) continue;
      if (author === null && file.published.length > 0) {
        throw problem('BAD_INPUT', `${item} is published; name the author of its change.`, { field: 'author' });
      }
      await attachForm(tx, node, item, form, { ...by, reason: '上载表格' }, now);
    }
    return given.map(({ form }) => form.form.title);
  });
}

async function readFolder(folder: string): Promise<{ item: string; form: GivenForm }[]> {
  const list = join(folder, 'forms.json');
  const parsed = folderSchema.safeParse(jsonOf(await readText(list, 'CATALOGUE_INVALID'), list));
  if (!parsed.success) {
    const [fault] = parsed.error.issues;
    const place = fault?.path.join('.') ?? '';
    throw problem('CATALOGUE_INVALID', `${list}: ${place}: ${fault?.message ?? ''}`, { field: place });
  }
  return Promise.all(
    parsed.data.map(async ({ item, ...stated }) => ({
      item,
      form: await checkedForm(stated, await readBytes(join(folder, stated.fileName)), stated.fileName),
    })),
  );
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw problem('CATALOGUE_INVALID', `The form ${path} can't be read: ${(cause as Error).message}.`, { cause });
  }
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem('CATALOGUE_INVALID', `${path} is no JSON: ${(cause as Error).message}.`, { cause });
  }
}
