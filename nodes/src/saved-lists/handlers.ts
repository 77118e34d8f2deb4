import { randomUUID } from 'node:crypto';
import type { SavedListView, savedListsDomain } from '@liandong/schema/domains/saved-lists';
import { requireList, requireListOwner } from '@liandong/schema/domains/saved-lists';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import type { NodeHandlers } from '../db/index.ts';
import { dropList, findLists, getList, keepList, lockOwnNames } from './list-store.ts';
import type { SavedListRow } from './tables.ts';

type Arranged = InputOf<typeof savedListsDomain.operations.saveList>;

/** 常用列表 at one node: each person's lists of cases, and those shared at the desk. */
export function savedListHandlers(now: () => Date): NodeHandlers<typeof savedListsDomain> {
  return {
    async savedLists({ viewer, queries }) {
      return (await findLists(queries, viewer)).map((row) => viewOf(row, viewer));
    },

    async saveList({ viewer, tx, input, once }) {
      const id = await once(async () => {
        requireList(input, await lockOwnNames(tx, viewer, null));
        const row = rowOf(randomUUID(), viewer, input, now());
        await keepList(tx, row);
        return row.id;
      });
      return viewOf(await getList(tx, viewer, id), viewer);
    },

    async changeList({ viewer, tx, input, once }) {
      await once(async () => {
        requireListOwner(viewer, ownerOf(await getList(tx, viewer, input.id)));
        requireList(input, await lockOwnNames(tx, viewer, input.id));
        await keepList(tx, rowOf(input.id, viewer, input, now()));
        return true;
      });
      return viewOf(await getList(tx, viewer, input.id), viewer);
    },

    async removeList({ viewer, tx, input: { id }, once }) {
      await once(async () => {
        requireListOwner(viewer, ownerOf(await getList(tx, viewer, id)));
        await dropList(tx, id);
        return true;
      });
      return id;
    },
  };
}

function rowOf(
  id: string,
  viewer: Viewer,
  { name, filter, orderBy, columns, shared }: Arranged,
  at: Date,
): SavedListRow {
  const { issuer, sub: person, name: personName } = viewer;
  return { id, issuer, person, personName, name, shared, filter, orderBy, columns, changedAt: at };
}

const ownerOf = ({ issuer, person: sub, personName: name }: SavedListRow) => ({ issuer, sub, name });

function viewOf(row: SavedListRow, viewer: Viewer): SavedListView {
  const { id, name, shared, filter, orderBy, columns, changedAt } = row;
  const owner = ownerOf(row);
  const own = owner.issuer === viewer.issuer && owner.sub === viewer.sub;
  return { id, name, owner, own, shared, filter, orderBy, columns, changedAt };
}
