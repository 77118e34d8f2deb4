import type { SubschemaConfig } from '@graphql-tools/delegate';
import { delegateToSchema } from '@graphql-tools/delegate';
import type { GraphQLResolveInfo } from 'graphql';
import { OperationTypeNode } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { StreamEvent } from './signal-stream.ts';

/** Opens streams of new signals. */
export interface OpenSignals {
  open: (context: GatewayContext, after: string) => AsyncIterable<StreamEvent>;
  /** The context of an event's own question: each has a deadline of its own. */
  contextOf: (context: GatewayContext) => GatewayContext;
}

const TYPE_DEFS = `
  type Subscription {
    """
    提醒: the viewer's new signals behind a cursor, each event a page of them, in order. Over SSE (text/event-stream).
    Begin behind the cursor of \`unreadSignals\`, and after an interruption behind the last \`pageInfo.endCursor\`: nothing
    is missed. An event with STREAM_ENDED, or the connection's end, asks the reader to open a new stream.
    """
    signals(after: String!): SignalConnection
  }
`;

/**
 * The graph's one subscription, which is the gateway's own: nodes answer questions only. Each event asks the node for
 * the page it tells of, in the reader's own words, so that all of the graph is open to it.
 * @param subschema of the role that signals belong to
 */
export function signalSubscription(subschema: SubschemaConfig, { open, contextOf }: OpenSignals) {
  const signals = {
    subscribe: (_: unknown, { after }: { after: string }, context: unknown) => open(context as GatewayContext, after),
    resolve: (event: StreamEvent, _: unknown, context: unknown, info: GraphQLResolveInfo): unknown => {
      if ('problem' in event) throw event.problem;
      return delegateToSchema({
        schema: subschema,
        operation: OperationTypeNode.QUERY,
        fieldName: 'signals',
        args: { ...event, unread: false },
        context: { ...contextOf(context as GatewayContext) },
        info,
      });
    },
  };
  return { typeDefs: TYPE_DEFS, resolvers: { Subscription: { signals } } };
}
