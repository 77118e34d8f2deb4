import { randomUUID } from 'node:crypto';
import type {
  Action,
  Day,
  DivisionCode,
  Divisions,
  FullAuthorityView,
  OfficesService,
  Seal,
  Viewer,
  WindowStage,
  WindowView,
} from '@liandong/schema';
import {
  ARTICLES,
  dayOf,
  dueForAdmission,
  holdsOn,
  nodeShares,
  problem,
  requireAuthorization,
  requireDepartment,
  requireNewSeal,
  requireOwnDesk,
  requirePermission,
  requireReaderOver,
  requireRevocation,
  requireTransfer,
  sealsPutAway,
  signedIn,
  windowShares,
} from '@liandong/schema';
import { findAllItems, findItem } from '../catalogue/index.ts';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import { once, unkeyed } from '../idempotency/index.ts';
import type { Registers } from './offices-store.ts';
import * as store from './offices-store.ts';

export interface OfficesParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  /** Every node of the federation. */
  nodes: () => readonly DivisionCode[];
  now: () => Date;
  /** Stages lower nodes do by delegation on a day. */
  granted: (queries: NodeQueries, day: Day) => Promise<(item: string, node: DivisionCode) => readonly WindowStage[]>;
}

/** A node's windows, what its departments let them do, its seals, and whose powers a bureau holds. */
export function officesService({ node, db, divisions, nodes, now, granted }: OfficesParts): OfficesService {
  const queries = db.queries(node);
  const { tier } = divisions.get(node);
  const today = (): Day => dayOf(now());

  return {
    async windows() {
      const registers = await store.findOffices(queries);
      return registers.windows
        .filter((window) => holdsOn(window, today()))
        .map((window) => viewOf(registers, window.code));
    },

    async seals(viewer) {
      requireReaderOver(signedIn(viewer), 'READ_OFFICES', node, divisions);
      return (await store.findOffices(queries)).seals;
    },

    async transfers() {
      return (await store.findOffices(queries)).transfers;
    },

    async fullAuthority(viewer): Promise<FullAuthorityView> {
      requireReaderOver(signedIn(viewer), 'READ_OFFICES', node, divisions);
      const day = today();
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
      // a village takes in and has no stage of its own: it can't be below full authority
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
    },

    openWindow: (viewer, input) =>
      write(viewer, 'KEEP_WINDOWS', 'openWindow', input, async (tx, _person, registers) => {
        const known = registers.windows.find((window) => window.code === input.code);
        if (known && (known.until === null || known.until >= input.from)) {
          throw conflict(`Window ${input.code} is open already.`, 'code');
        }
        if (input.until !== null && input.until < input.from) throw badTerm(input.from, input.until);
        await store.saveWindow(tx, unkeyed(input));
        return viewOf(await store.findOffices(tx), input.code);
      }),

    closeWindow: (viewer, input) =>
      write(viewer, 'KEEP_WINDOWS', 'closeWindow', input, async (tx, _person, registers) => {
        const { code, until } = input;
        const known = registers.windows.find((window) => window.code === code);
        if (!known) throw problem('NOT_FOUND', `${node} has no window ${code}.`, { field: 'code' });
        if (until < known.from) throw badTerm(known.from, until);
        await store.saveWindow(tx, { ...known, until });
        return viewOf(await store.findOffices(tx), code);
      }),

    authorizeWindow: (viewer, input) =>
      write(viewer, 'AUTHORIZE_WINDOW', 'authorizeWindow', input, async (tx, person, registers) => {
        requireDepartment(person, input.department, tier);
        const item = await findItem(tx, input.item, { today: today() });
        if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${input.item}.`, { field: 'item' });
        requireAuthorization(registers, item, tier, input);
        await store.insertAuthority(tx, { ...unkeyed(input), id: randomUUID(), revokedOn: null }, person.name);
        return viewOf(await store.findOffices(tx), input.window);
      }),

    revokeAuthority: (viewer, input) =>
      write(viewer, 'AUTHORIZE_WINDOW', 'revokeAuthority', input, async (tx, person, registers) => {
        const { id, on, reason } = input;
        const authority = registers.authorities.find((a) => a.id === id);
        if (!authority) throw problem('NOT_FOUND', `${node} has no such authorization.`, { field: 'id' });
        requireDepartment(person, authority.department, tier);
        requireRevocation(on, reason, today());
        await store.revokeAuthority(tx, id, on, reason);
        return viewOf(await store.findOffices(tx), authority.window);
      }),

    registerSeal: (viewer, input) =>
      write(viewer, 'KEEP_SEALS', 'registerSeal', input, async (tx, person, registers) => {
        requireDepartment(person, input.department, tier);
        requireNewSeal(registers, input);
        const seal: Seal = { ...unkeyed(input), id: randomUUID(), revokedOn: null };
        await store.insertSeal(tx, seal);
        return seal;
      }),

    revokeSeal: (viewer, input) =>
      write(viewer, 'KEEP_SEALS', 'revokeSeal', input, async (tx, person, registers) => {
        const { id, on, reason } = input;
        const seal = registers.seals.find((s) => s.id === id);
        if (!seal) throw problem('NOT_FOUND', `${node} has no such seal.`, { field: 'id' });
        requireDepartment(person, seal.department, tier);
        requireRevocation(on, reason, today());
        await store.revokeSeal(tx, id, on, reason);
        return (await store.findOffices(tx)).seals.find((s) => s.id === id) ?? seal;
      }),

    transferPowers: (viewer, input) =>
      write(viewer, 'TRANSFER_POWERS', 'transferPowers', input, async (tx, _person, registers) => {
        const { departments, ...rest } = unkeyed(input);
        const made = departments.map((department) => ({ ...rest, department }));
        made.forEach((transfer, i) => requireTransfer([...registers.transfers, ...made.slice(0, i)], transfer));
        for (const transfer of made) {
          await store.insertTransfer(tx, transfer);
          for (const seal of sealsPutAway(registers.seals, transfer)) {
            await store.revokeSeal(tx, seal.id, transfer.from, `${transfer.bureau} 集中行使,${transfer.basis}`);
          }
        }
        return made;
      }),
  };

  /** One step in one transaction, done once under its key, with the node's registers locked. */
  async function write<T>(
    viewer: Viewer | null,
    action: Action,
    mutation: keyof OfficesService,
    input: { idempotencyKey: string | null },
    work: (tx: NodeTx, person: Viewer, registers: Registers) => Promise<T>,
  ): Promise<T> {
    const person = signedIn(viewer);
    requireOwnDesk(person, node);
    requirePermission(person, action, tier);
    return db.transact(node, (tx) =>
      once(tx, person, input.idempotencyKey, { mutation, input }, async () => {
        await store.lockOffices(tx);
        return work(tx, person, await store.findOffices(tx));
      }),
    );
  }

  function viewOf({ windows, authorities }: Registers, code: string): WindowView {
    const window = windows.find((w) => w.code === code);
    if (!window) throw problem('NOT_FOUND', `${node} has no window ${code}.`, { field: 'code' });
    const day = today();
    const standing = authorities.filter(
      (a) => a.window === code && (holdsOn(a, day) || (a.from > day && a.revokedOn === null)),
    );
    return { window, authorities: standing, answeredBy: node };
  }
}

function conflict(message: string, field: string) {
  return problem('OFFICE_CONFLICT', message, { article: ARTICLES.windowAuthority, field });
}

function badTerm(from: Day, until: Day) {
  return problem('BAD_INPUT', `A term from ${from} can't end on ${until}.`, { field: 'until' });
}
