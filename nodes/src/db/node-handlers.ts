import type { Domain, Handlers } from '@liandong/schema/operation';
import type { NodeReader, SharedTx } from './host-db.ts';

/** Handlers of a node: a query reads, a mutation and a step write in a transaction. */
export type NodeHandlers<D extends Domain> = Handlers<D, SharedTx, NodeReader>;
