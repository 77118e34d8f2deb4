import type { Day } from '@liandong/schema/kernel';
import { isErrorCode, problem } from '@liandong/schema/kernel';
import type { FindConsent } from './issuer.ts';

const TRACK = `query ($number: String!, $code: String!) {
  track(number: $number, code: $code) {
    proxy { agent { node { code } } consent { from until revokedAt } }
  }
}`;

interface Tracked {
  data?: {
    track: {
      proxy: {
        agent: { node: { code: string } };
        consent: { from: Day | null; until: Day | null; revokedAt: string | null };
      } | null;
    } | null;
  } | null;
  errors?: { message: string; extensions?: { code?: unknown } }[];
}

/**
 * Finds a consent with the applicant's own question to the graph; the desk that took the case in answers.
 * @param ask sends a question of the public to the graph, within the caller's rate limit
 */
export function trackedConsent(ask: (body: string) => Promise<Response>): FindConsent {
  return async (number, code) => {
    const response = await ask(JSON.stringify({ query: TRACK, variables: { number, code } }));
    const { data, errors } = (await response.json()) as Tracked;
    const [fault] = errors ?? [];
    if (fault) {
      const said = fault.extensions?.code;
      if (said === 'NOT_FOUND' || said === 'UNKNOWN_DIVISION') return null;
      throw problem(isErrorCode(said) ? said : 'INTERNAL', fault.message);
    }
    if (!data?.track) return null;
    const { proxy } = data.track;
    if (!proxy) return undefined;
    const { from, until, revokedAt } = proxy.consent;
    const consent = { from, until, revokedAt: revokedAt === null ? null : new Date(revokedAt) };
    return { consent, agentNode: proxy.agent.node.code };
  };
}
