import type { BundleService } from './bundle-services.ts';
import type { DivisionCode } from '../divisions.ts';
import type { Viewer } from '../rules/permissions.ts';
import type { FilingService, HandlingService } from './case-services.ts';
import type { CatalogDriftView, CatalogueService, ImplementationService } from './catalogue-services.ts';
import type { DelegationService } from './delegation-services.ts';
import type { Perform } from '../operation/index.ts';
import type { FeesService } from './fee-services.ts';
import type { FiguresService } from './figures-services.ts';
import type { HearingService } from './hearing-services.ts';
import type { ItemLifeService } from './item-life-services.ts';
import type { ProjectsService } from './project-services.ts';
import type { RosterCoverageView, RosterService } from './roster-services.ts';
import type { ProxyService } from './proxy-services.ts';
import type { JointService } from './joint-services.ts';
import type { AdmissionService, LegalBasesService } from './register-services.ts';
import type { PersonalDataRead, ReadsService } from './reads-services.ts';
import type { SharingService } from './sharing-services.ts';

export type * from './answers.ts';
export type * from './case-services.ts';
export type * from './catalogue-services.ts';
export type * from './delegation-services.ts';
export type * from '../domains/enquiries/views.ts';
export type { FullAuthorityView, WindowView } from '../domains/offices/views.ts';
export type * from './fee-services.ts';
export type * from './figures-services.ts';
export type * from './hearing-services.ts';
export type * from './item-life-services.ts';
export type * from './joint-services.ts';
export type * from './register-services.ts';
export type * from './sharing-services.ts';
export type * from './project-services.ts';
export type * from './proxy-services.ts';
export type * from './roster-services.ts';
export type * from './reads-services.ts';

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
  filing: FilingService;
  handling: HandlingService;
  catalogue: CatalogueService;
  implementation: ImplementationService;
  figures: FiguresService;
  delegation: DelegationService;
  sharing: SharingService;
  legalBases: LegalBasesService;
  admission: AdmissionService;
  bundles: BundleService;
  itemLife: ItemLifeService;
  fees: FeesService;
  proxy: ProxyService;
  roster: RosterService;
  joint: JointService;
  projects: ProjectsService;
  hearings: HearingService;
  reads: ReadsService;
}

export type * from './bundle-services.ts';
