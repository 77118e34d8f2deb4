import type { bundles } from '@liandong/schema/domains/bundles';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { SuccessionOf } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { requireCaseReader } from '@liandong/schema/operation';
import { requireOpenNode } from '@liandong/schema/case';
import type { NodeHandlers } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { HandedIn } from '../uploads/index.ts';
import type { BundleDesk } from './bundle-desk.ts';
import { findBundle, listBundles } from './bundle-store.ts';

/** Most bundles one answer lists. */
const MOST = 200;

export interface BundlesParts {
  node: DivisionCode;
  divisions: Divisions;
  desk: BundleDesk;
  /** The successors of closed nodes. */
  successionOf: SuccessionOf;
  failures: Failures;
  now: () => Date;
}

/** 一件事 at one node: the queries and mutations of its desk for bundles. */
export function bundleHandlers({
  node,
  divisions,
  desk,
  successionOf,
  failures,
  now,
}: BundlesParts): NodeHandlers<typeof bundles> {
  const requireReader = (viewer: Viewer) => requireCaseReader(viewer, [node], divisions);

  return {
    async bundle({ viewer, queries, input: { id } }) {
      requireReader(viewer);
      return desk.view((await findBundle(queries, id)) ?? desk.unknown(id));
    },

    async bundles({ viewer, queries, input: { item, state } }) {
      requireReader(viewer);
      const found = await listBundles(queries, item, MOST, failures);
      return found.map((bundle) => desk.view(bundle)).filter((view) => state === null || view.state === state);
    },

    fileBundle: {
      async prepare({ input }) {
        requireOpenNode(node, successionOf);
        const given = await HandedIn.read(input.materials, now);
        return {
          lane: null,
          async work({ viewer, tx, once }) {
            const { id, trackingCode } = await once(() => desk.file(tx, viewer, input, given));
            return { bundle: await desk.viewById(tx, id), trackingCode };
          },
        };
      },
    },

    async deliverBundle({ viewer, tx, input, once }) {
      requireReader(viewer);
      await once(async () => {
        await desk.deliver(tx, viewer, input);
        return true;
      });
      return desk.viewById(tx, input.id);
    },
  };
}
