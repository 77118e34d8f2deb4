import type { DivisionCode } from '../kernel/divisions.ts';
import type { Viewer } from '../operation/permissions.ts';
import type { FilingLookup } from '../domains/filing/views.ts';
import type { HandlingLookup } from '../domains/handling/views.ts';
import type { CatalogDriftView, CatalogueLookup } from '../domains/catalogue/views.ts';
import type { Perform } from '../operation/handlers.ts';
import type { ImplementationLookup } from '../domains/implementation/views.ts';
import type { RosterCoverageView, RosterLookup } from '../domains/roster/views.ts';
import type { PersonalDataRead, ReadsLog } from '../domains/reads/views.ts';

/** What resolvers of a role are given with each operation. */
export interface RoleContext {
  /** Null for the public. */
  viewer: Viewer | null;
  /** The node the operation is put to; null for keyed lookups, whose keys name it. */
  at: DivisionCode | null;
  /** What the gateway gathered from many nodes, for the fields that no node answers alone; absent at a node. */
  gathered?: { drift?: CatalogDriftView; roster?: RosterCoverageView };
  /** Told of personal data an answer will show; absent where nobody keeps account of it. */
  noteRead?: (node: DivisionCode, read: PersonalDataRead) => void;
  /** @throws {ProblemError} MISROUTED when this host does not serve the node. */
  services(node: DivisionCode): NodeServices;
}

/** What one node answers: the contract between the graph and the node that stands behind it. */
export interface NodeServices {
  /** Whatever is declared as an operation. */
  perform: Perform;
  filing: FilingLookup;
  handling: HandlingLookup;
  catalogue: CatalogueLookup;
  implementation: ImplementationLookup;
  roster: RosterLookup;
  reads: ReadsLog;
}
