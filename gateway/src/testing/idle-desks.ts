import type { DivisionCode } from '@liandong/schema/kernel';
import type { NodeServices } from '@liandong/schema/graph';
import { performing } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';

/** Desks of a node in memory at which nothing has been done, and nothing can be. */
export class IdleDesks {
  readonly code: DivisionCode;

  constructor(code: DivisionCode) {
    this.code = code;
  }

  readonly proxy: NodeServices['proxy'] = {
    ofCase: async () => illegal(),
    agentCases: async () => ({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false }),
    logContact: async () => illegal(),
    revokeConsent: async () => illegal(),
    takeOver: async () => illegal(),
  };

  readonly bundles: NodeServices['bundles'] = {
    file: () => Promise.reject(problem('NOT_FOUND', 'no bundles here')),
    get: () => Promise.reject(problem('NOT_FOUND', 'no bundles here')),
    list: () => Promise.resolve([]),
    deliver: () => Promise.reject(problem('NOT_FOUND', 'no bundles here')),
  };
  readonly projects: NodeServices['projects'] = {
    get: async () => illegal(),
    list: async () => ({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false }),
    register: async () => illegal(),
    amend: async () => illegal(),
    reachPhase: async () => illegal(),
    flagKey: async () => illegal(),
    dispatch: async () => illegal(),
    answerOrder: async () => illegal(),
    end: async () => illegal(),
  };

  readonly perform = performing({}, async () => illegal());

  readonly reads: NodeServices['reads'] = {
    note: () => Promise.resolve(),
    ofTracked: () => Promise.resolve([]),
    ofSubject: () => Promise.resolve([]),
  };

  readonly joint: NodeServices['joint'] = {
    ofCase: async () => illegal(),
    open: async () => illegal(),
    giveOpinion: async () => illegal(),
    excuse: async () => illegal(),
    excuseFromVisit: async () => illegal(),
    requests: async () => ({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false }),
    request: async () => illegal(),
    material: async () => illegal(),
    scheduleVisit: async () => illegal(),
    recordVisit: async () => illegal(),
    confirmCorrection: async () => illegal(),
    resolveObjection: async () => illegal(),
    withdrawQuestion: async () => illegal(),
  };

  readonly hearings: NodeServices['hearings'] = {
    ofCase: async () => illegal(),
    tellInterested: async () => illegal(),
    hearParty: async () => illegal(),
    offer: async () => illegal(),
    request: async () => illegal(),
    waive: async () => illegal(),
    call: async () => illegal(),
    recuseChair: async () => illegal(),
    hold: async () => illegal(),
  };
}

export function illegal(): never {
  throw problem('ILLEGAL_STEP', 'Not in this state.');
}
