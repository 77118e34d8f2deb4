import type { Domain, NoNameTwice } from '../operation/domain.ts';
import { accountsDomain } from './accounts/operations.ts';
import { admission } from './admission/operations.ts';
import { answers } from './answers/operations.ts';
import { appointments } from './appointments/operations.ts';
import { bundles } from './bundles/operations.ts';
import { caseload } from './caseload/operations.ts';
import { caseSheets } from './case-sheets/operations.ts';
import { catalogue } from './catalogue/operations.ts';
import { delegation } from './delegation/operations.ts';
import { devices } from './devices/operations.ts';
import { enquiries } from './enquiries/operations.ts';
import { expedited } from './expedited/operations.ts';
import { finding } from './finding/operations.ts';
import { handling } from './handling/operations.ts';
import { fees } from './fees/operations.ts';
import { filing } from './filing/operations.ts';
import { figures } from './figures/operations.ts';
import { hearings } from './hearings/operations.ts';
import { implementation } from './implementation/operations.ts';
import { itemLife } from './item-life/operations.ts';
import { joint } from './joint/operations.ts';
import { legalBases } from './legal-bases/operations.ts';
import { meetings } from './meetings/operations.ts';
import { notes } from './notes/operations.ts';
import { offices } from './offices/operations.ts';
import { papers } from './papers/operations.ts';
import { operators } from './operators/operations.ts';
import { projects } from './projects/operations.ts';
import { proxy } from './proxy/operations.ts';
import { queue } from './queue/operations.ts';
import { reads } from './reads/operations.ts';
import { reports } from './reports/operations.ts';
import { savedListsDomain } from './saved-lists/operations.ts';
import { uploads } from './uploads/operations.ts';
import { sharing } from './sharing/operations.ts';
import { roster } from './roster/operations.ts';
import { stewards } from './stewards/operations.ts';
import { signals } from './signals/operations.ts';
import { subtreeCases } from './subtree-cases/operations.ts';

const listed = <const D extends readonly Domain[]>(...domains: D & NoNameTwice<D>): D => domains;

/** Every domain whose operations are values. Fields, routes, duties and walks are derived from this list. */
export const DOMAINS = listed(
  filing,
  papers,
  uploads,
  devices,
  handling,
  answers,
  reports,
  expedited,
  caseload,
  notes,
  meetings,
  signals,
  finding,
  savedListsDomain,
  caseSheets,
  enquiries,
  fees,
  figures,
  hearings,
  joint,
  offices,
  appointments,
  queue,
  proxy,
  roster,
  accountsDomain,
  bundles,
  projects,
  stewards,
  admission,
  legalBases,
  implementation,
  itemLife,
  delegation,
  catalogue,
  sharing,
  reads,
  operators,
  subtreeCases,
);
