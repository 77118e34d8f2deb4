import type { OperationRoute as Route } from '@liandong/schema/operation';
import type { RoleName } from '@liandong/schema/wire';
import { DOMAINS } from '@liandong/schema/domains';
import { ROLE_SCHEMAS } from '@liandong/schema/wire';
import { filingNodeOf } from '@liandong/schema/kernel';
import { routesOf } from '@liandong/schema/operation';

export type { Gathering, OperationRoute as Route } from '@liandong/schema/operation';

/**
 * The ownership table: the role that owns each type, the key by which the type's parts are merged, and the argument of
 * a question that names its node. Stitching, routing and (later) the plan runner read this one table.
 */

/** A key of a batched lookup. `at` is the node that owns the answer, `via` a node that surely holds a copy. */
export interface Key {
  at: string;
  via: string | null;
  [identity: string]: unknown;
}

export interface MergedType {
  /** Fields of an object that the gateway must know before it can ask this role for its part. */
  selectionSet: string;
  /** The batched lookup. */
  fieldName: string;
  key: (known: Record<string, unknown>) => Key;
}

export interface RoleConfig {
  name: RoleName;
  routes: Readonly<Record<string, Route>>;
  merge: Readonly<Record<string, MergedType>>;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const codeOf = (division: unknown): string => text((division as { code?: unknown } | null | undefined)?.code);

/** The city a basic catalogue belongs to; it begins each item's code: `3310-MZ-001` belongs to 331000. */
export const cityOf = (item: string): string => `${item.slice(0, 4)}00`;

export const ROLES: Readonly<Record<RoleName, RoleConfig>> = {
  filing: {
    name: 'filing',
    routes: {
      _filing: { by: 'keys', argument: 'keys', copy: null },
      ...routesOf(DOMAINS, 'filing'),
    },
    merge: {
      Case: {
        selectionSet: '{ id _custodian }',
        fieldName: '_filing',
        key: ({ id, _custodian }) => ({ id, at: filingNodeOf(text(id)), via: text(_custodian) || null }),
      },
    },
  },
  handling: {
    name: 'handling',
    routes: {
      _handling: { by: 'keys', argument: 'keys', copy: 'copy' },
      ...routesOf(DOMAINS, 'handling'),
    },
    merge: {
      Case: {
        selectionSet: '{ id _custodian }',
        fieldName: '_handling',
        key: ({ id, _custodian }) => ({ id, at: text(_custodian), via: filingNodeOf(text(id)) }),
      },
    },
  },
  catalogue: {
    name: 'catalogue',
    routes: {
      _items: { by: 'keys', argument: 'keys', copy: null },
      catalogDrift: { by: 'subtree', path: ['division'], gather: 'catalogDrift' },
      _catalogueSeqs: { by: 'keys', argument: 'keys', copy: null },
      _catalogueBases: { by: 'keys', argument: 'keys', copy: null },
      _catalogueDrifts: { by: 'keys', argument: 'keys', copy: null },
      ...routesOf(DOMAINS, 'catalogue'),
    },
    merge: {
      Item: {
        selectionSet: '{ code _via }',
        fieldName: '_items',
        key: ({ code, _via }) => ({ code, at: cityOf(text(code)), via: text(_via) || null }),
      },
    },
  },
  implementation: {
    name: 'implementation',
    routes: {
      _implementations: { by: 'keys', argument: 'keys', copy: null },
      ...routesOf(DOMAINS, 'implementation'),
    },
    merge: {
      Implementation: {
        selectionSet: '{ itemCode node { code } _via }',
        fieldName: '_implementations',
        key: ({ itemCode, node, _via }) => ({
          item: itemCode,
          node: codeOf(node),
          at: codeOf(node),
          via: text(_via) || null,
        }),
      },
    },
  },
  figures: {
    name: 'figures',
    routes: routesOf(DOMAINS, 'figures'),
    merge: {},
  },
  delegation: {
    name: 'delegation',
    routes: routesOf(DOMAINS, 'delegation'),
    merge: {},
  },
  sharing: {
    name: 'sharing',
    routes: routesOf(DOMAINS, 'sharing'),
    merge: {},
  },
  offices: {
    name: 'offices',
    routes: routesOf(DOMAINS, 'offices'),
    merge: {},
  },
  admission: {
    name: 'admission',
    routes: routesOf(DOMAINS, 'admission'),
    merge: {},
  },
  legalBases: {
    name: 'legalBases',
    routes: routesOf(DOMAINS, 'legalBases'),
    merge: {},
  },
  fees: {
    name: 'fees',
    routes: routesOf(DOMAINS, 'fees'),
    merge: {},
  },
  bundles: {
    name: 'bundles',
    routes: routesOf(DOMAINS, 'bundles'),
    merge: {},
  },
  enquiries: {
    name: 'enquiries',
    routes: routesOf(DOMAINS, 'enquiries'),
    merge: {},
  },
  joint: {
    name: 'joint',
    routes: routesOf(DOMAINS, 'joint'),
    merge: {},
  },
  proxy: {
    name: 'proxy',
    routes: routesOf(DOMAINS, 'proxy'),
    merge: {},
  },
  projects: {
    name: 'projects',
    routes: routesOf(DOMAINS, 'projects'),
    merge: {},
  },
  roster: {
    name: 'roster',
    routes: {
      rosterCoverage: { by: 'subtree', path: ['division'], gather: 'rosterCoverage' },
      _placeRosters: { by: 'keys', argument: 'keys', copy: null },
      ...routesOf(DOMAINS, 'roster'),
    },
    merge: {},
  },
  hearings: {
    name: 'hearings',
    routes: routesOf(DOMAINS, 'hearings'),
    merge: {},
  },
};

export const ROLE_LIST: readonly RoleConfig[] = ROLE_SCHEMAS.map((name) => ROLES[name]);
