import type { DivisionCode } from '../kernel/divisions.ts';
import type { Problem } from '../kernel/errors.ts';
import type { Viewer } from '../operation/permissions.ts';
import type { AccountLookup } from '../domains/accounts/views.ts';
import type { FilingLookup } from '../domains/filing/views.ts';
import type { HandlingLookup } from '../domains/handling/views.ts';
import type { CatalogDriftView, CatalogueLookup } from '../domains/catalogue/views.ts';
import type { Perform } from '../operation/handlers.ts';
import type { ImplementationLookup } from '../domains/implementation/views.ts';
import type { MeetingLookup } from '../domains/meetings/views.ts';
import type { RosterCoverageView, RosterLookup } from '../domains/roster/views.ts';
import type { PersonalDataRead, ReadsLog } from '../domains/reads/views.ts';
import type { CasesWithinLookup, CasesWithinPage } from '../domains/subtree-cases/views.ts';

/** The context that resolvers of a role get with each operation. */
export interface RoleContext {
  /** Null for the public. */
  viewer: Viewer | null;
  /** The node the operation is for; null for keyed lookups, whose keys name it. */
  at: DivisionCode | null;
  /** Answers the gateway gathered from many nodes, for fields that no node answers alone; absent at a node. */
  gathered?: {
    drift?: CatalogDriftView;
    roster?: RosterCoverageView;
    page?: CasesWithinPage;
    refusals?: readonly (Problem | null)[];
    nodes?: readonly string[];
  };
  /** By when the caller must have the answer, ms of the process's monotonic clock (`performance.now()`). */
  deadline: number;
  /** Called for personal data that an answer will show; absent if reads are not recorded. */
  noteRead?: (node: DivisionCode, read: PersonalDataRead) => void;
  /** @throws {ProblemError} MISROUTED when this host does not serve the node. */
  services(node: DivisionCode): NodeServices;
}

/** The contract between the graph and the node behind it. */
export interface NodeServices {
  /** Performs every declared operation. */
  perform: Perform;
  filing: FilingLookup;
  handling: HandlingLookup;
  catalogue: CatalogueLookup;
  implementation: ImplementationLookup;
  roster: RosterLookup;
  meetings: MeetingLookup;
  casesWithin: CasesWithinLookup;
  accounts: AccountLookup;
  reads: ReadsLog;
}
