import type { DivisionCode } from '@liandong/schema/kernel';
import type { NodeServices } from '@liandong/schema/graph';
import { dayOf } from '@liandong/schema/kernel';
import { accountsDomain } from '@liandong/schema/domains/accounts';
import { admission } from '@liandong/schema/domains/admission';
import { appointments } from '@liandong/schema/domains/appointments';
import { bundles } from '@liandong/schema/domains/bundles';
import { caseload } from '@liandong/schema/domains/caseload';
import { caseSheets } from '@liandong/schema/domains/case-sheets';
import { catalogue } from '@liandong/schema/domains/catalogue';
import { delegation } from '@liandong/schema/domains/delegation';
import { devices } from '@liandong/schema/domains/devices';
import { enquiries } from '@liandong/schema/domains/enquiries';
import { answers } from '@liandong/schema/domains/answers';
import { expedited } from '@liandong/schema/domains/expedited';
import { reports } from '@liandong/schema/domains/reports';
import { implementation } from '@liandong/schema/domains/implementation';
import { itemLife } from '@liandong/schema/domains/item-life';
import { legalBases } from '@liandong/schema/domains/legal-bases';
import { handling } from '@liandong/schema/domains/handling';
import { finding } from '@liandong/schema/domains/finding';
import { fees } from '@liandong/schema/domains/fees';
import { filing } from '@liandong/schema/domains/filing';
import { figures } from '@liandong/schema/domains/figures';
import { hearings } from '@liandong/schema/domains/hearings';
import { joint } from '@liandong/schema/domains/joint';
import { meetings } from '@liandong/schema/domains/meetings';
import { notes } from '@liandong/schema/domains/notes';
import { offices } from '@liandong/schema/domains/offices';
import { papers } from '@liandong/schema/domains/papers';
import { operators } from '@liandong/schema/domains/operators';
import { projects } from '@liandong/schema/domains/projects';
import { proxy } from '@liandong/schema/domains/proxy';
import { queue } from '@liandong/schema/domains/queue';
import { reads } from '@liandong/schema/domains/reads';
import { savedListsDomain } from '@liandong/schema/domains/saved-lists';
import { uploads } from '@liandong/schema/domains/uploads';
import { signals } from '@liandong/schema/domains/signals';
import { subtreeCases } from '@liandong/schema/domains/subtree-cases';
import { stewards } from '@liandong/schema/domains/stewards';
import { sharing } from '@liandong/schema/domains/sharing';
import { roster } from '@liandong/schema/domains/roster';
import { accountHandlers, accountLookup } from '../accounts/index.ts';
import { admissionHandlers } from '../admission/index.ts';
import { appointmentHandlers } from '../appointments/index.ts';
import { BundleDesk, bundleHandlers } from '../bundles/index.ts';
import { caseloadHandlers } from '../caseload/index.ts';
import { caseSheetHandlers } from '../case-sheets/index.ts';
import type { StoredCase } from '../cases/index.ts';
import { CaseDesk, handlingHandlers } from '../cases/index.ts';
import { healingRefusal } from '../restore/index.ts';
import { HostDrift, catalogueHandlers, catalogueLookup } from '../catalogue/index.ts';
import type { SharedTx } from '../db/index.ts';
import { delegatedStages, delegationHandlers, openGrants, powersOn } from '../delegation/index.ts';
import { deviceHandlers } from '../devices/index.ts';
import { enquiryHandlers } from '../enquiries/index.ts';
import { feeEntries, feeHandlers, feesOf, feesReader } from '../fees/index.ts';
import { filingHandlers, filingLookup, filingView } from '../filing/index.ts';
import { findingHandlers } from '../finding/index.ts';
import { hearingHandlers, hearingViews } from '../hearings/index.ts';
import { implementationHandlers, implementationLookup } from '../implementation/index.ts';
import { itemLifeHandlers } from '../item-life/index.ts';
import { jointHandlers, jointOf } from '../joint/index.ts';
import { legalBasisHandlers } from '../legal-bases/index.ts';
import { getCitable, meetingHandlers, meetingLookup } from '../meetings/index.ts';
import { noteHandlers } from '../notes/index.ts';
import { reportHandlers } from '../reports/index.ts';
import { findOffices, officeHandlers } from '../offices/index.ts';
import { operatorHandlers } from '../operators/index.ts';
import { papersHandlers } from '../papers/index.ts';
import { atNode, performer } from '../operation/index.ts';
import { findStanding, projectHandlers } from '../projects/index.ts';
import { proxyHandlers } from '../proxy/index.ts';
import { queueHandlers } from '../queue/index.ts';
import { readsHandlers, readsLog } from '../reads/index.ts';
import { figureHandlers } from '../figures/index.ts';
import { findPosts, findStandings, findToldChanges, rosterHandlers, rosterLookup } from '../roster/index.ts';
import { savedListHandlers } from '../saved-lists/index.ts';
import { signalHandlers } from '../signals/index.ts';
import { HostCases, casesWithinLookup, subtreeCasesHandlers } from '../subtree-cases/index.ts';
import { stewardHandlers } from '../stewards/index.ts';
import { sharingHandlers, suppliedMaterials } from '../sharing/index.ts';
import { uploadHandlers } from '../uploads/index.ts';
import type { HostParts } from './parts.ts';

/** The services for the people of one node. */
export interface NodeDesks {
  cases: CaseDesk;
  bundles: BundleDesk;
  services: NodeServices;
}

/** Returns a function that opens the desks of one node of a host. */
export function deskOpener(parts: HostParts): (node: DivisionCode) => NodeDesks {
  const together = { drift: new HostDrift(parts.db), hostCases: new HostCases(parts) };
  return (node) => nodeDesks(node, parts, together);
}

/** Reads that the nodes of a host share. */
interface Together {
  drift: HostDrift;
  hostCases: HostCases;
}

function nodeDesks(node: DivisionCode, parts: HostParts, { drift, hostCases }: Together): NodeDesks {
  const { db, divisions, trust, calendar, writer, outbox, appender, publisher, keeper, failures, now } = parts;
  const house = { node, db, divisions, failures, now };
  const nodes = () => trust.nodes();
  const served = () => parts.config.nodes;
  const { successionOf } = trust;
  const guides = { divisions, powersOn, offices: findOffices, successionOf };
  const cases = new CaseDesk({
    ...house,
    calendar,
    writer,
    outbox,
    supplied: suppliedMaterials,
    offices: findOffices,
    project: findStanding,
    successionOf,
    posts: findPosts,
    standings: findStandings,
    projections: [feeEntries],
  });
  const bundleDesk = new BundleDesk({ ...house, cases, writer });
  const { runner } = cases;
  const putOff = () => (parts.incarnations.isHealing(node) ? healingRefusal(node) : null);
  const showCase = (tx: SharedTx, stored: StoredCase) => cases.view(tx, stored);
  const perform = performer({ ...house, runner }, [
    atNode(filing, filingHandlers({ ...house, calendar, cases, writer, outbox, successionOf }), (_tx, stored, viewer) =>
      filingView(stored, node, viewer),
    ),
    atNode(papers, papersHandlers({ node, divisions, renderer: parts.renderer, now })),
    atNode(uploads, uploadHandlers({ now })),
    atNode(devices, deviceHandlers({ node, divisions, now })),
    atNode(
      handling,
      handlingHandlers(cases, { putOff, verifyPage: parts.config.verifyPage, citable: getCitable }),
      showCase,
    ),
    atNode(answers, {}, showCase),
    atNode(reports, reportHandlers({ now }), showCase),
    atNode(
      expedited,
      { linkToProject: async ({ tx, input }, take) => take(await findStanding(tx, input.project)) },
      showCase,
    ),
    atNode(
      caseload,
      caseloadHandlers({ ...house, cases, posts: findPosts, standings: findStandings, signals: parts.signals }),
    ),
    atNode(notes, noteHandlers({ node, divisions, trust, outbox, cases, signals: parts.signals })),
    atNode(meetings, meetingHandlers({ ...house, signals: parts.signals })),
    atNode(signals, signalHandlers({ ...house, posts: findPosts, incarnationOf: parts.incarnations.incarnationOf })),
    atNode(finding, findingHandlers({ ...house, cases, bundles: bundleDesk })),
    atNode(savedListsDomain, savedListHandlers(now)),
    atNode(caseSheets, caseSheetHandlers({ ...house, cases })),
    atNode(figures, figureHandlers({ ...house, calendar, nodes, isGone: trust.isGone })),
    atNode(enquiries, enquiryHandlers({ node, ...guides, nodes, outbox, calendar, now })),
    atNode(admission, admissionHandlers({ node, divisions, powersOn, now })),
    atNode(
      legalBases,
      legalBasisHandlers({
        node,
        appender,
        desk: parts.legalBases,
        grantsOf: (queries, items) => openGrants(queries, items, dayOf(now())),
      }),
    ),
    atNode(implementation, implementationHandlers({ node, divisions, appender, offices: findOffices, now })),
    atNode(delegation, delegationHandlers({ node, divisions, trust, outbox, publisher, now })),
    atNode(catalogue, catalogueHandlers({ node, ...guides, now })),
    atNode(itemLife, itemLifeHandlers({ node, appender, now })),
    atNode(fees, feeHandlers({ ...house, runner }), (_tx, stored) => feesOf(node, stored), feesReader(node)),
    atNode(hearings, hearingHandlers(house), hearingViews(house)),
    atNode(joint, jointHandlers({ ...house, calendar, runner, posts: findPosts, trust, outbox }), (_tx, stored) =>
      jointOf(node, stored),
    ),
    atNode(offices, officeHandlers({ ...house, nodes, granted: delegatedStages })),
    atNode(appointments, appointmentHandlers({ node, divisions, calendar, successionOf, now })),
    atNode(queue, queueHandlers({ node, divisions, successionOf, now })),
    atNode(proxy, proxyHandlers({ ...house, calendar, writer, outbox, posts: findPosts, told: findToldChanges })),
    atNode(roster, rosterHandlers({ ...house, writer, outbox })),
    atNode(accountsDomain, accountHandlers({ node, db, divisions, nodes: served, gate: parts.gate, now })),
    atNode(bundles, bundleHandlers({ ...house, desk: bundleDesk, successionOf })),
    atNode(projects, projectHandlers({ ...house, calendar, keeper, outbox, successionOf, posts: findPosts })),
    atNode(stewards, stewardHandlers({ ...house, calendar, trust, successionOf, posts: findPosts })),
    atNode(sharing, sharingHandlers({ ...house, trust, outbox, posts: findPosts })),
    atNode(reads, readsHandlers(house)),
    atNode(
      operators,
      operatorHandlers({
        ...house,
        config: parts.config,
        health: parts.health,
        trust,
        incarnations: parts.incarnations,
      }),
    ),
    atNode(subtreeCases, subtreeCasesHandlers({ node, divisions, hostCases })),
  ]);
  const services = {
    perform,
    filing: filingLookup(node, cases.readings),
    handling: cases.handling,
    catalogue: catalogueLookup({ queries: db.queries(node), divisions, drift, now }),
    implementation: implementationLookup(db.queries(node), divisions),
    meetings: meetingLookup(node, db.queries(node), divisions),
    roster: rosterLookup(db.queries(node), now),
    casesWithin: casesWithinLookup({ node, divisions, hostCases }),
    accounts: accountLookup({ node, db, nodes: served, now }),
    reads: readsLog(house),
  };
  return { cases, bundles: bundleDesk, services };
}
