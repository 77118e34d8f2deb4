// The steps of one case from filing to its outcome at the village, as plain data that both k6 and the Node.js driver
// run. Plain ES modules only: k6 0.47 reads this file as it is.

const FAULT = 'errors { code message }';

function step(mutation, input) {
  return (
    'mutation Step($input: ' + input + '!) { ' + mutation + '(input: $input) { case { id state } ' + FAULT + ' } }'
  );
}

const CASE_NOW =
  'query CaseNow($id: ID!) { case(id: $id) { id state staleSince custodian { code } inTransitTo { code } } }';

function restsAt(code) {
  return function (found) {
    return found.custodian && found.custodian.code === code && !found.inTransitTo && !found.staleSince;
  };
}

const MATERIALS = ['最低生活保障申请书', '身份证明', '家庭经济状况核对授权书', '户口簿'];

// people of the demo federation, and the password of all of them
export const PEOPLE = ['baojia-agent', 'tingpang-clerk', 'county-civil-clerk', 'county-civil-chief'];
export const PASSWORD = 'liandong';

// `content` is the base64 of one material's bytes; the driver makes it, so that every case has bytes of its own
export function fileInput(content) {
  return {
    item: '3310-MZ-001',
    applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
    consent: { givenBy: '王秀英', way: 'FINGERPRINT', scope: '代办最低生活保障', givenAt: '2026-01-05T01:00:00.000Z' },
    materials: MATERIALS.map(function (name) {
      return { name: name, fileName: name + '.txt', mediaType: 'text/plain', content: content };
    }),
  };
}

export const FILE = {
  name: 'file',
  who: 'baojia-agent',
  query: 'mutation File($input: FileCaseInput!) { fileCase(input: $input) { case { id number } ' + FAULT + ' } }',
};

// in order: a `mutation` is done once, a `wait` is asked again until its case is as described
export const STEPS = [
  { name: 'forward', who: 'baojia-agent', mutation: step('forwardCase', 'CaseStepInput'), input: {} },
  { name: 'arrive', who: 'tingpang-clerk', wait: CASE_NOW, until: restsAt('331022103') },
  { name: 'accept', who: 'tingpang-clerk', mutation: step('acceptCase', 'CaseStepInput'), input: {} },
  {
    name: 'review',
    who: 'tingpang-clerk',
    mutation: step('reviewCase', 'ReviewCaseInput'),
    input: { opinion: 'APPROVE', note: '属实' },
  },
  { name: 'forward', who: 'tingpang-clerk', mutation: step('forwardCase', 'CaseStepInput'), input: {} },
  { name: 'arrive', who: 'county-civil-clerk', wait: CASE_NOW, until: restsAt('331022') },
  {
    name: 'review',
    who: 'county-civil-clerk',
    mutation: step('reviewCase', 'ReviewCaseInput'),
    input: { opinion: 'APPROVE', note: '属实' },
  },
  {
    name: 'decide',
    who: 'county-civil-chief',
    mutation: step('decideCase', 'DecideCaseInput'),
    input: { outcome: 'GRANTED' },
  },
  {
    name: 'outcome',
    who: 'baojia-agent',
    wait: CASE_NOW,
    until: function (found) {
      return found.state === 'GRANTED';
    },
  },
];
