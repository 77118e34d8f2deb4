import { randomUUID } from 'node:crypto';
import type { Day, DivisionCode, Divisions, WindowStage } from '@liandong/schema/kernel';
import type { FullAuthorityView, offices, Seal, ServiceWindow, WindowView } from '@liandong/schema/domains/offices';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import { ARTICLES, dayOf, problem } from '@liandong/schema/kernel';
import { dueForAdmission } from '@liandong/schema/domains/admission';
import {
  holdsOn,
  nodeShares,
  requireAuthorization,
  requireNewSeal,
  requireRevocation,
  requireTransfer,
  sealsPutAway,
  windowShares,
} from '@liandong/schema/domains/offices';
import { requireDepartment, requireReaderOver } from '@liandong/schema/operation';
import { findAllItems, findItem } from '../catalogue/index.ts';
import type { NodeHandlers, NodeQueries, SharedTx } from '../db/index.ts';
import { unkeyed } from '../idempotency/index.ts';
import type { Registers } from './offices-store.ts';
import * as store from './offices-store.ts';

export interface OfficesParts {
  node: DivisionCode;
  divisions: Divisions;
  /** Every node of the federation. */
  nodes: () => readonly DivisionCode[];
  now: () => Date;
  /** Stages that lower nodes do by delegation on a day. */
  granted: (queries: NodeQueries, day: Day) => Promise<(item: string, node: DivisionCode) => readonly WindowStage[]>;
}

type OfficeHandlers = NodeHandlers<typeof offices>;

/** A node's windows, the authority its departments gave them, its seals, and the powers its bureaus hold. */
export function officeHandlers(parts: OfficesParts): OfficeHandlers {
  return { ...registersRead(parts), ...windowsKept(parts), ...sealsKept(parts) };
}

function registersRead(
  parts: OfficesParts,
): Pick<OfficeHandlers, 'windows' | 'seals' | 'powerTransfers' | 'fullAuthority'> {
  const { node, divisions, now } = parts;
  const requireReader = (viewer: Viewer) => requireReaderOver(viewer, 'READ_OFFICES', node, divisions);

  return {
    async windows({ queries }) {
      const registers = await store.findOffices(queries);
      return registers.windows
        .filter((window) => holdsOn(window, dayOf(now())))
        .map((window) => viewOf(parts, registers, window.code));
    },

    async seals({ viewer, queries }) {
      requireReader(viewer);
      return (await store.findOffices(queries)).seals;
    },

    async powerTransfers({ queries }) {
      return (await store.findOffices(queries)).transfers;
    },

    async fullAuthority({ viewer, queries }) {
      requireReader(viewer);
      return authorityOn(parts, queries, dayOf(now()));
    },
  };
}

type WindowHandlers = Pick<
  OfficeHandlers,
  'openWindow' | 'closeWindow' | 'authorizeWindow' | 'revokeWindowAuthority' | 'transferPowers'
>;

function windowsKept(parts: OfficesParts): WindowHandlers {
  const { node, divisions, now } = parts;
  const { tier } = divisions.get(node);
  const shown = async (tx: SharedTx, code: string) => viewOf(parts, await store.findOffices(tx), code);

  return {
    openWindow: ({ tx, input, once }) =>
      locked(tx, once, async ({ windows }) => {
        const { code, from, until } = input;
        const known = windows.find((window) => window.code === code);
        if (known && (known.until === null || known.until >= from)) {
          throw problem('OFFICE_CONFLICT', `Window ${code} is open already.`, {
            article: ARTICLES.windowAuthority,
            field: 'code',
          });
        }
        if (until !== null && until < from) throw badTerm(from, until);
        await store.saveWindow(tx, windowOf(input));
        return shown(tx, code);
      }),

    closeWindow: ({ tx, input: { code, until }, once }) =>
      locked(tx, once, async ({ windows }) => {
        const known = windows.find((window) => window.code === code);
        if (!known) throw unknownWindow(node, code);
        if (until < known.from) throw badTerm(known.from, until);
        await store.saveWindow(tx, { ...known, until });
        return shown(tx, code);
      }),

    authorizeWindow: ({ viewer, tx, input, once }) =>
      locked(tx, once, async (registers) => {
        requireDepartment(viewer, input.department, tier);
        const item = await findItem(tx, input.item, { today: dayOf(now()) });
        if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${input.item}.`, { field: 'item' });
        requireAuthorization(registers, item, tier, input);
        await store.insertAuthority(tx, { ...unkeyed(input), id: randomUUID(), revokedOn: null }, viewer.name);
        return shown(tx, input.window);
      }),

    revokeWindowAuthority: ({ viewer, tx, input: { id, on, reason }, once }) =>
      locked(tx, once, async ({ authorities }) => {
        const authority = authorities.find((a) => a.id === id);
        if (!authority) throw problem('NOT_FOUND', `${node} has no such authorization.`, { field: 'id' });
        requireDepartment(viewer, authority.department, tier);
        requireRevocation(on, reason, dayOf(now()));
        await store.revokeAuthority(tx, id, on, reason);
        return shown(tx, authority.window);
      }),

    transferPowers: ({ tx, input, once }) =>
      locked(tx, once, async ({ transfers, seals }) => {
        const { departments, ...rest } = unkeyed(input);
        const made = departments.map((department) => ({ ...rest, department }));
        made.forEach((transfer, i) => requireTransfer([...transfers, ...made.slice(0, i)], transfer));
        for (const transfer of made) {
          await store.insertTransfer(tx, transfer);
          for (const seal of sealsPutAway(seals, transfer)) {
            await store.revokeSeal(tx, seal.id, transfer.from, `${transfer.bureau} 集中行使,${transfer.basis}`);
          }
        }
        return made;
      }),
  };
}

function sealsKept({ node, divisions, now }: OfficesParts): Pick<OfficeHandlers, 'registerSeal' | 'revokeSeal'> {
  const { tier } = divisions.get(node);

  return {
    registerSeal: ({ viewer, tx, input, once }) =>
      locked(tx, once, async (registers) => {
        requireDepartment(viewer, input.department, tier);
        requireNewSeal(registers, input);
        const seal: Seal = { ...unkeyed(input), id: randomUUID(), revokedOn: null };
        await store.insertSeal(tx, seal);
        return seal;
      }),

    revokeSeal: ({ viewer, tx, input: { id, on, reason }, once }) =>
      locked(tx, once, async ({ seals }) => {
        const seal = seals.find((s) => s.id === id);
        if (!seal) throw problem('NOT_FOUND', `${node} has no such seal.`, { field: 'id' });
        requireDepartment(viewer, seal.department, tier);
        requireRevocation(on, reason, dayOf(now()));
        await store.revokeSeal(tx, id, on, reason);
        return (await store.findOffices(tx)).seals.find((s) => s.id === id) ?? seal;
      }),
  };
}

/** Does the work once under its key, with the node's registers locked. */
function locked<T>(
  tx: SharedTx,
  once: (work: () => Promise<T>) => Promise<T>,
  work: (registers: Registers) => Promise<T>,
): Promise<T> {
  return once(async () => {
    await store.lockOffices(tx);
    return work(await store.findOffices(tx));
  });
}

async function authorityOn(
  { node, divisions, nodes, granted }: OfficesParts,
  queries: NodeQueries,
  day: Day,
): Promise<FullAuthorityView> {
  const { tier } = divisions.get(node);
  const registers = await store.findOffices(queries);
  const items = await findAllItems(queries, day);
  const known = new Set(nodes());
  const delegated = await granted(queries, day);
  const open = registers.windows.filter((window) => holdsOn(window, day));
  const windows = open.map((window) => ({
    window: window.code,
    node: null,
    shares: windowShares(registers, items, window.code, tier, day),
  }));
  // a village takes in and has no stage of its own, so it can't lack full authority
  const below = divisions
    .subtree(node)
    .filter((d) => d.code !== node && d.tier !== 'VILLAGE' && known.has(d.code))
    .map((d) => ({ window: null, node: d.code, shares: nodeShares(items, d.code, d.tier, day, delegated) }));
  const authorized = new Set(
    windows.flatMap(({ shares }) => shares.filter((s) => s.done.length > 0).map((s) => s.item)),
  );
  return {
    division: node,
    day,
    places: [...windows, ...below],
    unauthorized: dueForAdmission(items, tier, day)
      .map((item) => item.code)
      .filter((code) => !authorized.has(code)),
  };
}

function viewOf({ node, now }: OfficesParts, { windows, authorities }: Registers, code: string): WindowView {
  const window = windows.find((w) => w.code === code);
  if (!window) throw unknownWindow(node, code);
  const day = dayOf(now());
  const standing = authorities.filter(
    (a) => a.window === code && (holdsOn(a, day) || (a.from > day && a.revokedOn === null)),
  );
  return { window, authorities: standing, answeredBy: node };
}

/** The window an input opens; empty texts count as left out. */
function windowOf(input: InputOf<typeof offices.operations.openWindow>): ServiceWindow {
  const { place, hours, phone, ...window } = unkeyed(input);
  return { ...window, place: place || null, hours: hours || null, phone: phone || null };
}

const unknownWindow = (node: DivisionCode, code: string) =>
  problem('NOT_FOUND', `${node} has no window ${code}.`, { field: 'code' });

const badTerm = (from: Day, until: Day) =>
  problem('BAD_INPUT', `A term from ${from} can't end on ${until}.`, { field: 'until' });
