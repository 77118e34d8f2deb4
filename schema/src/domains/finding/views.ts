import { listOf, view } from '../../operation/operation.ts';
import type { HandlingView } from '../handling/views.ts';

/** Cases of one applicant. */
export const FoundCases = listOf(view<HandlingView>('Case', { type: 'FoundCasesPayload', field: 'cases' }));
/** 查询码 */
export const TrackingCode = view<string>('String', { type: 'TrackingCodePayload', field: 'trackingCode' });
