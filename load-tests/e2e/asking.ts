import { dayOf } from '@liandong/schema/kernel';
import type { Refusal, GraphQLAnswer } from '../src/federation/client.ts';
import type { Federation } from '../src/federation/federation.ts';
import { when } from '../src/federation/waiting.ts';

export const CITY = '331000';
export const COUNTY = '331022';
export const TOWNSHIP = '331022103';
export const VILLAGE = '331022103201';
export const LOW_INCOME = '3310-MZ-001';
export const RELIEF = '3310-MZ-002';
export const HOMESTEAD = '3310-NY-001';
export const TITLE = '3310-JS-002';

export const today = () => dayOf(new Date());
const FAULTS = 'errors { code message article field node { code name } }';

/** A mutation with one input, whose answer includes the reasons of a refusal. */
export const mutation = (field: string, input: string, result: string) =>
  `mutation ($input: ${input}!) { ${field}(input: $input) { ${result} ${FAULTS} } }`;

/** Sends people's queries and mutations to a federation through its gateway. */
export class Asking {
  readonly #federation: () => Federation;

  /** @param federation gives the federation that runs at the time of the question */
  constructor(federation: () => Federation) {
    this.#federation = federation;
  }

  get federation(): Federation {
    return this.#federation();
  }

  /** The data a person is answered; an answer with errors fails. `who: null` asks as the public. */
  readonly asked = async <T>(who: string | null, query: string, variables: Record<string, unknown> = {}): Promise<T> =>
    (await this.federation.as(who)).get<T>(query, variables);

  /** Asks until the answer meets a condition. */
  readonly until = async <T>(who: string | null, query: string, seen: (answer: T) => boolean): Promise<T> => {
    const client = await this.federation.as(who);
    const told = ({ data, errors }: GraphQLAnswer) => errors.length === 0 && seen(data as T);
    return (await when(() => client.ask(query), told, query)).data as T;
  };

  /** Does a mutation and requires that it is done. */
  readonly done = async <T>(who: string, document: string, input: Record<string, unknown>): Promise<T> =>
    (await this.federation.as(who)).do<T>(document, input);

  /** Tries a mutation, and returns why it was refused. */
  readonly refused = async (who: string, document: string, input: Record<string, unknown>): Promise<Refusal[]> =>
    (await this.federation.as(who)).refusals(document, input);
}
