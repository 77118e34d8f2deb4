import type { Answers } from '../../operation/answers.ts';
import type { HandlingView } from './views.ts';
import type { Viewer } from '../../operation/permissions.ts';

export interface HandlingKey {
  id: string;
  /** Whether a node that does not hold the case may answer with what was echoed to it. */
  copy: boolean;
}

/** Cases by their ids, for what other roles link to. */
export interface HandlingService {
  /** Each key answers for itself: NOT_CUSTODIAN with the custodian's code where a copy is not asked for. */
  getMany(viewer: Viewer | null, keys: readonly HandlingKey[]): Answers<HandlingView>;
}
