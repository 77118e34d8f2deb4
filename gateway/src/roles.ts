import { DOMAINS } from '@liandong/schema/domains';
import type { MergedType, OperationRoute as Route } from '@liandong/schema/operation';
import { mergesOf, routesOf } from '@liandong/schema/operation';
import type { RoleName } from '@liandong/schema/wire';
import { ROLE_SCHEMAS } from '@liandong/schema/wire';

export type {
  Gathering,
  LookupKey,
  MergedType,
  OperationRoute as Route,
  SingleRoute,
} from '@liandong/schema/operation';

/**
 * The ownership table, from the domains: the root fields of each role with the argument that names their node, and the
 * keys by which the role's parts of shared types are merged. Stitching, routing and (later) the plan runner read it.
 */
export interface RoleConfig {
  name: RoleName;
  routes: Readonly<Record<string, Route>>;
  merge: Readonly<Record<string, MergedType>>;
}

export const ROLE_LIST: readonly RoleConfig[] = ROLE_SCHEMAS.map((name) => ({
  name,
  routes: routesOf(DOMAINS, name),
  merge: mergesOf(DOMAINS, name),
}));

export const ROLES = Object.fromEntries(ROLE_LIST.map((role) => [role.name, role])) as Readonly<
  Record<RoleName, RoleConfig>
>;
