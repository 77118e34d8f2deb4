// Question: how many cases a second go from a village's desk to the county's decision and back, and how long does each
// step take a person at a desk?
// Load: 8 desks at once for a minute, against a running `npm run demo`.
// Threshold: a step answers within 500 ms at the 95th percentile, and no step fails.
//
//   k6 run load-tests/scenarios/lifecycle.js            (k6 0.47 or later)
//   k6 run -e GATEWAY=http://127.0.0.1:4000 load-tests/scenarios/lifecycle.js
//
// Without k6: npm run bench -- lifecycle runs the same steps.
import { check, fail, sleep } from 'k6';
import { b64encode } from 'k6/encoding';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { FILE, PASSWORD, PEOPLE, STEPS, fileInput } from './lifecycle-steps.js';

const GATEWAY = __ENV.GATEWAY || 'http://127.0.0.1:4000';

export const options = {
  scenarios: { lifecycle: { executor: 'constant-vus', vus: 8, duration: '60s' } },
  thresholds: {
    checks: ['rate==1'],
    'liandong_step{kind:mutation}': ['p(95)<500'],
  },
};

const stepTime = new Trend('liandong_step', true);
const lifecycles = new Counter('liandong_lifecycles');

export function setup() {
  const tokens = {};
  PEOPLE.forEach(function (username) {
    const answer = http.post(GATEWAY + '/issuer/token', {
      grant_type: 'password',
      username: username,
      password: PASSWORD,
    });
    if (answer.status !== 200) fail('no token for ' + username + ': is `npm run demo` serving at ' + GATEWAY + '?');
    tokens[username] = answer.json('access_token');
  });
  return tokens;
}

function ask(tokens, who, query, variables) {
  const answer = http.post(GATEWAY + '/graphql', JSON.stringify({ query: query, variables: variables }), {
    headers: { 'content-type': 'application/json', authorization: 'Bearer ' + tokens[who] },
  });
  return { took: answer.timings.duration, body: answer.json() };
}

function done(name, answer) {
  const payload = answer.body.data && answer.body.data[Object.keys(answer.body.data)[0]];
  const fine = check(answer.body, {
    [name]: function (body) {
      return !body.errors && payload && payload.errors.length === 0;
    },
  });
  stepTime.add(answer.took, { step: name, kind: 'mutation' });
  return fine ? payload : null;
}

export default function (tokens) {
  const content = b64encode('scan ' + __VU + ' ' + __ITER + ' ' + Math.random());
  const filed = done('file', ask(tokens, FILE.who, FILE.query, { input: fileInput(content) }));
  if (!filed) return;
  const id = filed.case.id;
  for (let i = 0; i < STEPS.length; i++) {
    const step = STEPS[i];
    if (step.mutation) {
      const input = Object.assign({ id: id }, step.input);
      if (!done(step.name, ask(tokens, step.who, step.mutation, { input: input }))) return;
      continue;
    }
    const began = Date.now();
    for (;;) {
      const found = ask(tokens, step.who, step.wait, { id: id }).body.data;
      if (found && found.case && step.until(found.case)) break;
      if (Date.now() - began > 30000) fail(step.name + ' took more than 30 s');
      sleep(0.02);
    }
    stepTime.add(Date.now() - began, { step: step.name, kind: 'wait' });
  }
  lifecycles.add(1);
}
