/** 管家服务: enterprises, and the person of the centre who looks after each. */
export { stewards } from './operations.ts';
export {
  mayFollow,
  PASS_MS,
  requireAgentHere,
  requireContactKeeper,
  requireCreditCode,
  requireFollower,
  requireLasting,
  requirePass,
  requireStewardKeeper,
  requireStewardReason,
  requireStewardsReader,
  requireUnstewarded,
  standsAsAgent,
  stewardPassSchema,
  stewardsFor,
} from './rules.ts';
export type { AgentStanding, ShownPass, StewardPass } from './rules.ts';
export type { EnterpriseApprovals, EnterpriseCasesView, EnterpriseView, Steward, StewardPassView } from './views.ts';
