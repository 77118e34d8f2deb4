import { z } from 'zod';
import { caseFilter } from '../handling/case-filter.ts';

/** The cases a list over many nodes shows: open ones that a node holds. */
export const casesWithinFilter = caseFilter
  .omit({ division: true, custody: true })
  .refine(({ handler }) => handler !== 'ME', {
    path: ['handler'],
    message: 'ME asks for cases of your own desk: ask `cases`',
  })
  .refine(({ handler, handledBy }) => !handler || !handledBy, {
    path: ['handledBy'],
    message: 'handler and handledBy ask for different cases: give one of them',
  })
  .meta({ inputType: 'CasesWithinFilter' });
export type CasesWithinFilter = z.output<typeof casesWithinFilter>;

/** The work queue of a desk is merged from these: 特急件, those whose clock runs, those whose clock stands still. */
export const QUEUE_LISTS = ['urgent', 'running', 'paused'] as const;
export type QueueList = (typeof QUEUE_LISTS)[number];

const instant = z.iso.datetime();
const days = z.int().min(-100_000).max(100_000);
const node = z.string().regex(/^\d{1,20}$/);
const id = z.string().min(1).max(100);
const placeOf = <K extends z.ZodType>(key: K) => z.tuple([key, node, id]).nullable();

/** How far each list was read: the next limit of the last case shown of it (or the days left), its node and its id. */
const placesSchema = z.object({ urgent: placeOf(instant), running: placeOf(instant), paused: placeOf(days) });
export type Places = z.infer<typeof placesSchema>;
export type Place = NonNullable<Places[QueueList]>;
export const LISTS_BEGIN: Places = { urgent: null, running: null, paused: null };

/** Nodes that were silent when others went on, and how far theirs were read. */
const behindSchema = z.object({ at: placesSchema, nodes: z.array(node) });
export type Behind = z.infer<typeof behindSchema>;

/** How far a list over many nodes was read. It names nodes and no host, so a node may move. */
export const positionSchema = z.object({ at: placesSchema, behind: z.array(behindSchema) });
export type Position = z.infer<typeof positionSchema>;
export const LIST_BEGINS: Position = { at: LISTS_BEGIN, behind: [] };

/** The question as it goes from the gateway to the hosts. */
export const casesAskedSchema = z.object({
  filter: casesWithinFilter.nullable(),
  first: z.int().min(1).max(200),
  from: positionSchema,
});
export type CasesAsked = z.output<typeof casesAskedSchema>;

const row = <L extends QueueList, K extends z.ZodType>(list: L, key: K) =>
  z.object({ list: z.literal(list), key, id, due: instant });

/** A case in one of the lists of a node's work queue. `due`: the limit, for a clock that stands still as if it ran on. */
const rowSchema = z.discriminatedUnion('list', [row('urgent', instant), row('running', instant), row('paused', days)]);
export type CaseRow = z.infer<typeof rowSchema>;

/** What a node has among the first of all nodes that were asked together with it. */
export const casesPartSchema = z.object({ asOf: instant, rows: z.array(rowSchema) });
export type CasesPart = z.infer<typeof casesPartSchema>;

/** How far a node's lists were read. */
export function placesOf({ at, behind }: Position, node: string): Places {
  return behind.find(({ nodes }) => nodes.includes(node))?.at ?? at;
}
