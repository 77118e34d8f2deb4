import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id } from '../../operation/fields.ts';
import { text } from '../../operation/input-parts.ts';
import { mutation, pageOf, query } from '../../operation/operation.ts';
import { ASKED_DIVISION } from '../../operation/route.ts';
import { Findings, NodeFeeds, NodeHealth, NodeKeys, ParkedMessage, ParkedText, Queues } from './views.ts';

const division = askedDivision.meta({ description: "The node; the viewer's own when left out." });
const asked = { by: 'READ_OPERATION', article: ARTICLES.postDuties, route: ASKED_DIVISION } as const;
const decides = {
  by: 'DECIDE_PARKED',
  article: ARTICLES.postDuties,
  desk: 'WITHIN',
  route: { by: 'division', path: ['input', 'division'], otherwise: 'viewer' },
  answer: ParkedMessage,
} as const;

/** @throws {ProblemError} FORBIDDEN outside the viewer's division, as every question here */
export const nodeHealth = query('nodeHealth', {
  ...asked,
  zh: '节点健康',
  about: 'a node and its host at a glance: readiness, clock, streams, what waits, watermark.',
  input: { division },
  within: true,
  answer: NodeHealth,
});

/** The host may serve other nodes, of which the findings tell: they are for operators of all of them. */
export const hostFindings = query('hostFindings', {
  ...asked,
  zh: '主机检查',
  about: 'what the doctor finds on the host that serves a node; for operators of all its nodes.',
  input: { division },
  within: true,
  answer: Findings,
});

export const queues = query('queues', {
  ...asked,
  zh: '待发队列',
  about: 'messages of a node that have no receipt yet, by receiver and kind, the oldest first.',
  input: { division },
  within: true,
  answer: Queues,
});

export const nodeFeeds = query('nodeFeeds', {
  ...asked,
  zh: '订阅进度',
  about: 'how far the subscribers of a node are, and how far it is with what it subscribes to.',
  input: { division },
  within: true,
  answer: NodeFeeds,
});

export const nodeKeys = query('nodeKeys', {
  ...asked,
  zh: '节点密钥',
  about: 'the keys of a node with their certificates and dates, as it knows them; no private key.',
  input: { division },
  within: true,
  answer: NodeKeys,
});

/** Without what they say. @throws {ProblemError} BAD_INPUT for a cursor of another list */
export const parkedMessages = query('parkedMessages', {
  ...asked,
  zh: '搁置报文',
  about: 'messages that a node could not process and that wait for people, the oldest first.',
  input: { division },
  answer: pageOf(ParkedMessage),
});

/** Settled ones as well. @throws {ProblemError} NOT_FOUND, BAD_INPUT for text that is no id */
export const parkedMessage = query('parkedMessage', {
  ...asked,
  zh: '搁置报文详情',
  about: 'one of them, without what it says.',
  input: { division, id: id() },
  answer: ParkedMessage,
});

/** The read is noted with its purpose before the text is shown. @throws {ProblemError} NOT_FOUND, BAD_INPUT */
export const parkedText = query('parkedText', {
  ...asked,
  by: 'READ_PARKED_TEXT',
  article: ARTICLES.readsAudited,
  zh: '查阅搁置报文',
  about: 'what it says, which may name people; who reads it and why is noted in the log of reads.',
  input: { division, id: id(), why: text(500).meta({ description: 'The purpose, for the log of reads.' }) },
  answer: ParkedText,
});

/** @throws {ProblemError} NOT_FOUND, BAD_INPUT for one that is settled already */
export const retryParked = mutation('retryParked', {
  ...decides,
  zh: '再试搁置报文',
  about: 'the host tries it once more within seconds.',
  input: { division, id: id() },
});

/** Its sender is told, and a case that came with it goes back. @throws {ProblemError} as {@link retryParked} */
export const answerParked = mutation('answerParked', {
  ...decides,
  zh: '退回搁置报文',
  about: 'the host refuses it within seconds with the reason, which its sender is told.',
  input: { division, id: id(), reason: text(500) },
});

export const operators = domain('operators', {
  zh: '运维',
  role: 'operators',
  operations: {
    nodeHealth,
    hostFindings,
    queues,
    nodeFeeds,
    nodeKeys,
    parkedMessages,
    parkedMessage,
    parkedText,
    retryParked,
    answerParked,
  },
});
