/** The GraphQL documents the demo, the fault tests and the benchmarks send. */

const FAULT = 'errors { code message article field node { code } }';
const step = (mutation: string, input: string) =>
  `mutation Step($input: ${input}!) { ${mutation}(input: $input) { case { id state } ${FAULT} } }`;

export const FILE_CASE = `mutation File($input: FileCaseInput!) {
  fileCase(input: $input) { case { id number } trackingCode ${FAULT} }
}`;
export const SUPPLEMENT_CASE = step('supplementCase', 'SupplementCaseInput');
export const ACCEPT_CASE = step('acceptCase', 'CaseStepInput');
export const REFUSE_CASE = step('refuseCase', 'ReasonedStepInput');
export const REQUEST_SUPPLEMENT = step('requestSupplement', 'RequestSupplementInput');
export const REVIEW_CASE = step('reviewCase', 'ReviewCaseInput');
export const DECIDE_CASE = step('decideCase', 'DecideCaseInput');
export const ISSUE_DOCUMENT = step('issueDocument', 'CaseStepInput');
export const ASSIGN_CASE = step('assignCase', 'CaseStepInput');
export const DELIVER_CASE = step('deliverCase', 'DeliverCaseInput');
export const FORWARD_CASE = step('forwardCase', 'CaseStepInput');
export const RETURN_CASE = step('returnCase', 'ReasonedStepInput');
export const TRANSFER_CASE = step('transferCase', 'TransferCaseInput');
export const WITHDRAW_CASE = step('withdrawCase', 'ReasonedStepInput');

const BUNDLE = 'id state total succeeded failed members { item { code } status caseId state }';
export const FILE_BUNDLE = `mutation FileBundle($input: FileBundleInput!) {
  fileBundle(input: $input) { bundle { ${BUNDLE} } trackingCode ${FAULT} }
}`;
export const DELIVER_BUNDLE = `mutation DeliverBundle($input: DeliverBundleInput!) {
  deliverBundle(input: $input) { bundle { ${BUNDLE} } ${FAULT} }
}`;
export const BUNDLE_NOW = `query BundleNow($id: ID!) { bundle(id: $id) { ${BUNDLE} } }`;

const grant = (mutation: string, input: string) =>
  `mutation Grant($input: ${input}!) { ${mutation}(input: $input) { delegation { id state } ${FAULT} } }`;
export const GRANT_POWER = grant('grantPower', 'GrantPowerInput');
export const ANSWER_DELEGATION = grant('answerDelegation', 'AnswerDelegationInput');
export const REVOKE_DELEGATION = grant('revokeDelegation', 'EndDelegationInput');

export const COMPETENCE = `query Competence($item: ID!, $division: ID!, $amountFen: Fen) {
  competence(item: $item, division: $division, amountFen: $amountFen) {
    acceptor { code name } decider { code name } power { code } decidedUnder { id mode } reasons
  }
}`;

export const DECISION = `query Decision($id: ID!) {
  case(id: $id) { decision { outcome node { code } inNameOf { code } grant } }
}`;

export const RATE_SERVICE = `mutation Rate($number: String!, $code: String!, $grade: Int!) {
  rateService(number: $number, code: $code, grade: $grade) { case { number state } ${FAULT} }
}`;

export const RESULT_DOCUMENT = `query Document($id: ID!) { resultDocument(case: $id) }`;

export const CASE_NOW = `query CaseNow($id: ID!) {
  case(id: $id) { id state decision { outcome } staleSince custodian { code } inTransitTo { code } log { seq action node { code } } }
}`;

/** The one query that answers from four nodes, each part from the node that owns it. */
export const JOURNEY = `query Journey($id: ID!) {
  case(id: $id) {
    id number state
    item { code name legalBasis statutoryDays }
    implementation { promisedDays materials { name required } }
    applicant { name }
    custodian { code name tier }
    log { seq at node { code name tier } actor action note }
    clock { dueAt remainingDays }
  }
}`;

export const TRACK = `query Track($number: String!, $code: String!) {
  track(number: $number, code: $code) {
    number state item { name } custodian { name } steps { at node { name } action } dueAt reason
  }
}`;

export const ROLLUP = `query Rollup($division: ID!, $from: Date!, $to: Date!) {
  rollup(division: $division, from: $from, to: $to) {
    division { code name }
    figures { filed accepted granted closed closedInTime supplementRequested }
    coverage { expected covered complete asOf watermarks { node { code } seq behind asOf } }
  }
}`;

export const CATALOG = `query Catalog($division: ID!, $search: String, $first: Int, $after: String) {
  catalog(division: $division, search: $search, first: $first, after: $after) {
    nodes { item { code name staleSince } takenInHere available acceptor { code } decider { code } }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const DRIFT = `query Drift($division: ID!) {
  catalogDrift(division: $division) {
    basis { name } basisStale
    drift { node { name } itemCode item { name } element own basic kind }
    coverage { expected answered silent { node { name } code } }
  }
}`;

export const GUIDE = `query Guide($item: ID!, $division: ID!) {
  guide(item: $item, division: $division) { markdown flowChart { text } }
}`;

export const REVISE_IMPLEMENTATION = `mutation Revise($input: ReviseImplementationInput!) {
  reviseImplementation(input: $input) { implementation { version } ${FAULT} }
}`;

const joint = (mutation: string, input: string) =>
  `mutation Joint($input: ${input}!) { ${mutation}(input: $input) { jointHandling { open } ${FAULT} } }`;
export const OPEN_JOINT = joint('openJointHandling', 'OpenJointHandlingInput');
export const SCHEDULE_VISIT = joint('scheduleSiteVisit', 'ScheduleSiteVisitInput');
export const RECORD_VISIT = joint('recordSiteVisit', 'RecordSiteVisitInput');
export const CONFIRM_CORRECTION = joint('confirmCorrection', 'ConfirmCorrectionInput');
export const GIVE_OPINION = `mutation Opinion($input: GivePartyOpinionInput!) {
  givePartyOpinion(input: $input) { request { state } ${FAULT} }
}`;

export const JOINT_HANDLING = `query Joint($id: ID!) {
  jointHandling(case: $id) {
    open
    parties { number department node { code } askedAt opinion absent outstanding }
    visit { notified }
    corrections { number mandatory madeAt }
  }
}`;

export const OPINION_REQUESTS = `query Requests($waiting: Boolean) {
  opinionRequests(waiting: $waiting, first: 50) {
    nodes {
      caseId state applicant
      party { number department dueAt }
      leadNode { code name }
      materials { name sha256 }
      answers { state opinion }
    }
  }
}`;

const told = (mutation: string, input: string) =>
  `mutation Tell($input: ${input}!) { ${mutation}(input: $input) { carriedTo { code } ${FAULT} } }`;
export const LOG_CONTACT = told('logContact', 'LogContactInput');
export const REVOKE_CONSENT = told('revokeConsent', 'RevokeConsentInput');
export const TAKE_OVER_CASES = `mutation TakeOver($input: TakeOverCasesInput!) {
  takeOverCases(input: $input) { asked { id from { code } } ${FAULT} }
}`;

const agentEntry = (mutation: string, input: string) =>
  `mutation Roster($input: ${input}!) { ${mutation}(input: $input) { agent { sub inRoster trained } ${FAULT} } }`;
export const KEEP_ROSTER_AGENT = agentEntry('keepRosterAgent', 'KeepRosterAgentInput');
export const RECORD_TRAINING = agentEntry('recordTraining', 'RecordTrainingInput');

const absence = (mutation: string, input: string) =>
  `mutation Absence($input: ${input}!) { ${mutation}(input: $input) {
    absence { id standIn { name } cases { caseId passedOn to { name } } } ${FAULT}
  } }`;
export const REPORT_ABSENCE = absence('reportAbsence', 'ReportAbsenceInput');
export const END_ABSENCE = absence('endAbsence', 'EndAbsenceInput');

export const ROSTER_COVERAGE = `query Rosters($division: ID!) {
  rosterCoverage(division: $division) {
    places covered gaps { place { code name } gaps } coverage { expected answered silent { node { code } code } }
  }
}`;

export const AGENT_CASES = `query AgentCases($first: Int, $after: String) {
  agentCases(first: $first, after: $after) {
    nodes { id number applicant state custodian { code } agent { name } waits { kind dueAt } dueAt item { code name } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What the applicant sees of the people who acted. */
export const TRACK_PROXY = `query TrackProxy($number: String!, $code: String!) {
  track(number: $number, code: $code) {
    state custodian { code }
    steps { action actor post insteadOf byProxy node { code } }
    proxy { agent { name node { code } } consent { scope until revokedAt } contacts { at with way what by } }
  }
}`;
