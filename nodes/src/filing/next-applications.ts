import type { CaseFile, Material } from '@liandong/schema/case';
import type { Bundle } from '@liandong/schema/domains/catalogue';
import type { FileCaseInput, FileNextInput, NextApplicationView } from '@liandong/schema/domains/filing';
import type { NextItem } from '@liandong/schema/domains/projects';
import { carriedForm, nextItems } from '@liandong/schema/domains/projects';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { CaseDesk, StoredCase } from '../cases/index.ts';
import { applicationOf, readableCase, readableCases } from '../cases/index.ts';
import { findBundles, findItems } from '../catalogue/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { absentMaterials } from '../materials/index.ts';
import { findProject, findStanding } from '../projects/index.ts';
import { applicationView } from './filing-views.ts';

// 主动代办: what a case's result leads to, with what is known from its application.

export interface NextParts {
  node: DivisionCode;
  divisions: Divisions;
  cases: CaseDesk;
  failures: Failures;
  now: () => Date;
}

/** What follows from a case, and the bundles that say so. */
interface Following {
  stored: StoredCase;
  bundles: Bundle[];
  next: NextItem[];
  /** The case and others of its project, by id. */
  known: ReadonlyMap<string, CaseFile>;
}

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN; NOT_FOUND where this node has no application of the case */
export async function nextApplications(
  parts: NextParts,
  queries: NodeQueries,
  viewer: Viewer,
  id: string,
): Promise<NextApplicationView[]> {
  const { node, now } = parts;
  const following = await findFollowing(parts, queries, viewer, id);
  const { stored, bundles, next } = following;
  const application = applicationOf(stored, node);
  const shown = applicationView(application, stored.file, viewer);
  const items = await findItems(
    queries,
    next.map(({ item }) => item),
    dayOf(now()),
  );
  const project = await openProjectOf(queries, stored.file);
  const views: NextApplicationView[] = [];
  for (const item of items) {
    const found = next.find((n) => n.item === item.code);
    if (!found) continue;
    const ready = await readyMaterials(queries, found, following.known);
    const names = ready.map(({ name }) => name);
    const required = item.standard.materials.filter((m) => m.required).map(({ name }) => name);
    const from = { item: stored.file.item, form: shown.form };
    views.push({
      item: item.code,
      after: found.after.map((c) => c.id),
      applicant: shown.applicant,
      form: carriedForm(bundles, from, { item: item.code, fields: item.standard.fields }),
      amountFen: stored.file.facts.amountFen,
      project,
      ready: names,
      missing: required.filter((name) => !names.includes(name)),
      answeredBy: node,
    });
  }
  return views;
}

/** What is known for an application that a case's result leads to. @throws {ProblemError} NOT_FOUND, FORBIDDEN, ILLEGAL_STEP */
export async function carriedOver(
  parts: NextParts,
  tx: SharedTx,
  viewer: Viewer,
  input: FileNextInput,
): Promise<Omit<FileCaseInput, 'materials' | 'idempotencyKey'> & { ready: Material[] }> {
  const following = await findFollowing(parts, tx, viewer, input.case);
  const { stored, bundles, next, known } = following;
  const found = next.find(({ item }) => item === input.item);
  const [item] = found ? await findItems(tx, [input.item], dayOf(parts.now())) : [];
  if (!found || !item) {
    throw problem('ILLEGAL_STEP', `${input.item} does not follow from case ${stored.file.number}.`, { field: 'item' });
  }
  const { applicant, form = [] } = applicationOf(stored, parts.node);
  const own = input.form ?? [];
  const carried = carriedForm(
    bundles,
    { item: stored.file.item, form },
    { item: item.code, fields: item.standard.fields },
  );
  const handedIn = input.materials.map(({ name }) => name);
  return {
    item: item.code,
    place: stored.file.place,
    applicant,
    consent: input.consent,
    amountFen: input.amountFen ?? stored.file.facts.amountFen,
    form: [...carried.filter(({ field }) => !own.some((entry) => entry.field === field)), ...own],
    project: await openProjectOf(tx, stored.file),
    ready: (await readyMaterials(tx, found, known)).filter(({ name }) => !handedIn.includes(name)),
  };
}

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
async function findFollowing(parts: NextParts, queries: NodeQueries, viewer: Viewer, id: string): Promise<Following> {
  const stored = await readableCase(parts, queries, viewer, id, 'case');
  const { file } = stored;
  const project = file.project === null ? null : await findProject(queries, file.project);
  const others = (project?.file.cases ?? []).map((c) => c.id).filter((other) => other !== id);
  const files = [file, ...(await readableCases(queries, others, parts.failures)).map((other) => other.file)];
  const bundles = await findBundles(queries, dayOf(parts.now()));
  const next = nextItems(bundles, files).filter(({ after }) => after.some((c) => c.id === id));
  return { stored, bundles, next, known: new Map(files.map((known) => [known.id, known])) };
}

/** Documents of the results that serve as materials, where their bytes are here. */
async function readyMaterials(
  queries: NodeQueries,
  { given }: NextItem,
  known: ReadonlyMap<string, CaseFile>,
): Promise<Material[]> {
  const documents = given.flatMap(({ material, case: id }) => {
    const document = known.get(id)?.issued?.document;
    return document ? [{ ...document, name: material }] : [];
  });
  const absent = await absentMaterials(queries, documents);
  return documents.filter(({ sha256 }) => !absent.some((gone) => gone.sha256 === sha256));
}

/** The case's project, if this node knows it and it goes on. */
async function openProjectOf(queries: NodeQueries, { project }: CaseFile): Promise<string | null> {
  const standing = project === null ? null : await findStanding(queries, project);
  return standing && !standing.ended ? standing.id : null;
}
