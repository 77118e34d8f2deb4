import { accountDuties } from './accounts/duties.ts';
import { admissionDuties } from './admission/duties.ts';
import { answerDuties } from './answers/duties.ts';
import { appointmentDuties } from './appointments/duties.ts';
import { caseloadDuties } from './caseload/duties.ts';
import { delegationDuties } from './delegation/duties.ts';
import { deviceDuties } from './devices/duties.ts';
import { enquiryDuties } from './enquiries/duties.ts';
import { expeditedDuties } from './expedited/duties.ts';
import { handlingDuties } from './handling/duties.ts';
import { feeDuties } from './fees/duties.ts';
import { figureDuties } from './figures/duties.ts';
import { filingDuties } from './filing/duties.ts';
import { findingDuties } from './finding/duties.ts';
import { hearingDuties } from './hearings/duties.ts';
import { jointDuties } from './joint/duties.ts';
import { implementationDuties } from './implementation/duties.ts';
import { itemLifeDuties } from './item-life/duties.ts';
import { legalBasisDuties } from './legal-bases/duties.ts';
import { officeDuties } from './offices/duties.ts';
import { meetingDuties } from './meetings/duties.ts';
import { noteDuties } from './notes/duties.ts';
import { operatorDuties } from './operators/duties.ts';
import { projectDuties } from './projects/duties.ts';
import { proxyDuties } from './proxy/duties.ts';
import { queueDuties } from './queue/duties.ts';
import { readsDuties } from './reads/duties.ts';
import { sharingDuties } from './sharing/duties.ts';
import { reportDuties } from './reports/duties.ts';
import { rosterDuties } from './roster/duties.ts';
import { signalDuties } from './signals/duties.ts';
import { stewardDuties } from './stewards/duties.ts';
import { subtreeCasesDuties } from './subtree-cases/duties.ts';

/** Duties by domain. Apart from the list of domains: every rule asks the table of duties, and no duty asks a rule. */
export const DOMAIN_DUTIES = {
  ...enquiryDuties,
  ...expeditedDuties,
  ...caseloadDuties,
  ...noteDuties,
  ...signalDuties,
  ...findingDuties,
  ...subtreeCasesDuties,
  ...operatorDuties,
  ...appointmentDuties,
  ...queueDuties,
  ...answerDuties,
  ...reportDuties,
  ...accountDuties,
  ...deviceDuties,
  ...meetingDuties,
  ...stewardDuties,
};
/** Those of the steps of every case. */
export const CASE_DUTIES = { ...filingDuties, ...handlingDuties };
/** Duties on a node's registers; they are listed together in the table. */
export const REGISTER_DUTIES = {
  ...legalBasisDuties,
  ...admissionDuties,
  ...officeDuties,
  ...itemLifeDuties,
  ...implementationDuties,
};
/** Those that stand at a place of their own in the table. */
export {
  delegationDuties,
  feeDuties,
  figureDuties,
  hearingDuties,
  jointDuties,
  projectDuties,
  proxyDuties,
  readsDuties,
  rosterDuties,
  sharingDuties,
};
