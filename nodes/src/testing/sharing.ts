import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataOfferView, DataRequestView } from '@liandong/schema/domains/sharing';
import type { FileCaseInput } from '@liandong/schema/domains/filing';
import type { Viewer } from '@liandong/schema/operation';
import { sharing } from '@liandong/schema/domains/sharing';
import { FeedAppender } from '../feeds/index.ts';
import { importRegisters } from '../sharing/index.ts';
import { LOW_INCOME_MATERIALS, agent, application, material } from './cases.ts';
import type { TestFederation } from './test-federation.ts';
import { COUNTY, eventually } from './test-federation.ts';

const SAMPLE = new URL('../../../data/registers-sample.json', import.meta.url);
export const HOUSEHOLD = `${COUNTY}-household`;
/** The fields that must be given to replace the household register. */
export const ESSENTIAL = ['householdNumber', 'holder', 'relation'];

export interface RegisterContent {
  registers: unknown[];
  offers: Record<string, unknown>[];
}

export interface LoggedLine {
  side: string;
  outcome: string;
  person: string;
  asker: string;
  item: string | null;
  fields: string[];
}

/** A low-income application without the household register, which data sharing is to give. */
export function withoutHousehold(change: Partial<FileCaseInput> = {}): FileCaseInput {
  return application({
    materials: LOW_INCOME_MATERIALS.filter((name) => name !== '户口簿').map((name) => material(name)),
    ...change,
  });
}

/** Data sharing of a test federation, whose county keeps the sample registers. */
export class DataSharing {
  readonly dir: string;
  readonly #federation: TestFederation;

  private constructor(federation: TestFederation, dir: string) {
    this.#federation = federation;
    this.dir = dir;
  }

  /** Loads the sample registers at the county and waits until its offers are known at the village. */
  static async start(federation: TestFederation): Promise<DataSharing> {
    const made = new DataSharing(federation, await mkdtemp(join(tmpdir(), 'liandong-registers-')));
    await made.load();
    await eventually(async () => (await made.offers(agent)).length === 2);
    return made;
  }

  async stop(): Promise<void> {
    await rm(this.dir, { recursive: true });
  }

  /** Imports the sample file after a change to it. */
  async load(change: (file: RegisterContent) => void = () => undefined, node = COUNTY) {
    const file = JSON.parse(await readFile(SAMPLE, 'utf8')) as RegisterContent;
    change(file);
    const path = join(this.dir, `${randomUUID()}.json`);
    await writeFile(path, JSON.stringify(file));
    return this.importFile(path, node);
  }

  importFile(path: string, node = COUNTY) {
    const { divisions, now } = this.#federation;
    return importRegisters(this.#federation.db(node), node, divisions, path, new FeedAppender(), now());
  }

  /** The sharing operations of the viewer's own desk. */
  at({ division }: Viewer) {
    return this.#federation.desk(division, sharing);
  }

  offers(viewer: Viewer, material: string | null = null): Promise<DataOfferView[]> {
    return this.at(viewer).dataOffers(viewer, { division: viewer.division, material });
  }

  ask(caseId: string, viewer: Viewer = agent, fields = ESSENTIAL, offer = HOUSEHOLD): Promise<DataRequestView> {
    return this.at(viewer).requestData(viewer, { case: caseId, offer, fields, idempotencyKey: null });
  }

  async seen(caseId: string, viewer: Viewer, id: string): Promise<DataRequestView | undefined> {
    return (await this.at(viewer).dataRequests(viewer, { case: caseId })).find((request) => request.id === id);
  }

  supplied(caseId: string, viewer: Viewer = agent): Promise<string[]> {
    return this.at(viewer).suppliedMaterials(viewer, { case: caseId });
  }

  /** Waits for the outcome of a request. */
  async ended(caseId: string, id: string, viewer: Viewer = agent): Promise<DataRequestView> {
    await eventually(async () => ((await this.seen(caseId, viewer, id))?.state ?? 'SENT') !== 'SENT');
    const request = await this.seen(caseId, viewer, id);
    if (!request) throw new Error(`request ${id} is gone`);
    return request;
  }

  /** A node's lines of the data log about a request. */
  logged(node: string, request: string): Promise<LoggedLine[]> {
    return this.#federation.rows<LoggedLine>(
      node,
      `SELECT side, outcome, person, asker, item, fields FROM data_log WHERE node = $1 AND request = $2 ORDER BY id`,
      [node, request],
    );
  }

  /** The lights a node raised over a case. */
  lights(node: string, caseId: string) {
    return this.#federation.rows<{ level: string; about: string; detail: string }>(
      node,
      `SELECT level, about, detail FROM lights WHERE node = $1 AND case_id = $2`,
      [node, caseId],
    );
  }
}
