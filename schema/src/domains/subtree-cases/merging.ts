import type { DivisionCode } from '../../kernel/divisions.ts';
import type { PageRequest } from '../../operation/answers.ts';
import type { ListOf } from './cursor.ts';
import { cursorOf, positionOf } from './cursor.ts';
import type { CaseRow, CasesAsked, CasesPart, Place, Places, Position, QueueList } from './parts.ts';
import { placesOf, QUEUE_LISTS } from './parts.ts';
import type { CasesCoverage, CasesWithinPage } from './views.ts';

/** Most silent nodes whose place a cursor keeps; beyond them, their cases before it are found from the beginning only. */
export const MOST_BEHIND = 500;

/** A page of a list that somebody asks for. */
export interface AskedPage extends CasesAsked {
  list: ListOf;
}

/** What a node answered. */
export interface NodePart extends CasesPart {
  node: DivisionCode;
}

interface PlacedRow {
  row: CaseRow;
  place: Place;
}

/** The page that a caller asks for. @throws {ProblemError} BAD_INPUT for a cursor of another list */
export function pageAsked(
  { division, filter = null }: Partial<ListOf> & { division: string },
  page: PageRequest,
): AskedPage {
  const list = { division, filter };
  return { list, filter, first: page.first, from: positionOf(list, page.after) };
}

/**
 * Merges what nodes have into one page, in the order of a desk's work queue: 特急件 first, then by the next limit. Two
 * cases of one limit stand by node, then by id. Each case comes once: the place of every node is kept, and that of a
 * silent one stays where it was, so that its cases come on a later page.
 */
export function pageOfParts(
  asked: AskedPage,
  parts: readonly NodePart[],
  silent: CasesCoverage['silent'],
): CasesWithinPage {
  const merged = inOrder(parts);
  const shown = merged.slice(0, asked.first);
  const reading = new Reading(asked.from, {
    answered: parts.map(({ node }) => node),
    silent: silent.map(({ node }) => node),
  });
  const cursors = shown.map(({ row, place }, i) => {
    reading.showed(row.list, place);
    return cursorOf(asked.list, reading.position(i === merged.length - 1));
  });
  return {
    nodes: shown.map(({ row: { id }, place: [, custodian] }) => ({ id, custodian })),
    cursors,
    hasNextPage: merged.length > shown.length,
    hasPreviousPage: QUEUE_LISTS.some((list) => asked.from.at[list] !== null),
    coverage: {
      answered: parts.map(({ node, asOf }) => ({ node, asOf: new Date(asOf) })),
      silent,
    },
  };
}

function inOrder(parts: readonly NodePart[]): PlacedRow[] {
  const listed = (list: QueueList) =>
    parts
      .flatMap(({ node, rows }) =>
        rows
          .filter((row) => row.list === list)
          .map((row): PlacedRow => ({ row, place: [row.key, node, row.id] as Place })),
      )
      // stable: a node's own order stands where limits are the same
      .sort((a, b) => compareNodes(a.place, b.place));
  const [running, paused] = [listed('running'), listed('paused')];
  const merged = listed('urgent');
  // two ends that meet: the order of a list stands, also where hosts count working days by different calendars
  while (running.length > 0 || paused.length > 0) {
    const [first, second] = [running[0], paused[0]];
    const next = !second || (first && first.row.due <= second.row.due) ? running.shift() : paused.shift();
    if (next) merged.push(next);
  }
  return merged;
}

function compareNodes([key, node]: Place, [otherKey, otherNode]: Place): number {
  if (key !== otherKey) return key < otherKey ? -1 : 1;
  if (node !== otherNode) return node < otherNode ? -1 : 1;
  return 0;
}

function isBeyond(place: Place, other: Place | null): boolean {
  if (other === null) return true;
  return (compareNodes(place, other) || (place[2] === other[2] ? 0 : place[2] < other[2] ? -1 : 1)) > 0;
}

const furthest = <P extends Place | null>(a: P, b: P): P => (a !== null && isBeyond(a, b) ? a : b);

/** How far each node was read, while a page is made. */
class Reading {
  readonly #from: Position;
  readonly #nodes: { answered: readonly DivisionCode[]; silent: readonly DivisionCode[] };
  #at: Places;
  /** The last case of each list on this page. */
  #last: Places = { urgent: null, running: null, paused: null };

  constructor(from: Position, nodes: { answered: readonly DivisionCode[]; silent: readonly DivisionCode[] }) {
    this.#from = from;
    this.#nodes = nodes;
    this.#at = from.at;
  }

  showed(list: QueueList, place: Place): void {
    this.#last = { ...this.#last, [list]: place };
    this.#at = { ...this.#at, [list]: furthest(place, this.#at[list]) };
  }

  /** @param ended whether every node that answered has shown all it has */
  position(ended: boolean): Position {
    const groups = new Map<string, { at: Places; nodes: DivisionCode[] }>();
    const keep = (node: DivisionCode, at: Places) => {
      const key = JSON.stringify(at);
      const group = groups.get(key);
      if (group) group.nodes.push(node);
      else groups.set(key, { at, nodes: [node] });
    };
    for (const node of this.#nodes.silent.slice(0, MOST_BEHIND)) keep(node, placesOf(this.#from, node));
    const behind = new Set(this.#from.behind.flatMap(({ nodes }) => nodes));
    for (const node of ended || behind.size === 0 ? [] : this.#nodes.answered) {
      if (!behind.has(node)) continue;
      const before = placesOf(this.#from, node);
      const at = {
        urgent: furthest(before.urgent, this.#last.urgent),
        running: furthest(before.running, this.#last.running),
        paused: furthest(before.paused, this.#last.paused),
      };
      const isCaughtUp = QUEUE_LISTS.every((list) => !isBehind(at[list], this.#at[list]));
      if (!isCaughtUp) keep(node, at);
    }
    return { at: this.#at, behind: [...groups.values()] };
  }
}

const isBehind = (place: Place | null, other: Place | null) =>
  other !== null && (place === null || isBeyond(other, place));
