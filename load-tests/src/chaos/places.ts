import type { DemoPerson } from '../federation/demo-plan.ts';
import { person } from '../federation/demo-plan.ts';

/**
 * The federation to break: city 台州市, counties 三门县 and 天台县, two townships each and two villages of each township. Eight
 * hosts with a database each: a county's computer room may serve several desks.
 */
export const HOSTS = [
  { id: 'city', nodes: ['331000'] },
  { id: 'sanmen', nodes: ['331022'] },
  { id: 'tingpang', nodes: ['331022103'] },
  { id: 'tingpang-villages', nodes: ['331022103201', '331022103210'] },
  { id: 'zhuao', nodes: ['331022102', '331022102217', '331022102218'] },
  { id: 'tiantai', nodes: ['331023'] },
  { id: 'tiantai-townships', nodes: ['331023101', '331023102'] },
  { id: 'tiantai-villages', nodes: ['331023101213', '331023101218', '331023102214', '331023102215'] },
] as const;
export type HostId = (typeof HOSTS)[number]['id'];

/** Each county's own broker, a leaf of the city's, and its hosts; the city's host belongs to the hub. */
export const LEAFS = [
  { id: 'leaf-sanmen', hosts: ['sanmen', 'tingpang', 'tingpang-villages', 'zhuao'] },
  { id: 'leaf-tiantai', hosts: ['tiantai', 'tiantai-townships', 'tiantai-villages'] },
] as const satisfies { id: string; hosts: HostId[] }[];
export type LeafId = (typeof LEAFS)[number]['id'];

/** Hosts with a PostgreSQL of their own; the others share one, with a database each. */
export const OWN_POSTGRES = ['sanmen', 'tingpang'] as const satisfies HostId[];
/** The host whose PostgreSQL has a small disk of its own. */
export const SMALL_DISK = 'tingpang' satisfies HostId;

export const NODES: readonly string[] = HOSTS.flatMap((host) => host.nodes);
export const VILLAGES: readonly string[] = NODES.filter((node) => node.length === 12);
export const TOWNSHIPS: readonly string[] = NODES.filter((node) => node.length === 9);
export const CITY = '331000';
export const COUNTIES: readonly string[] = ['331022', '331023'];

/** Departments that decide the items of the load, at the counties and the city. */
const DEPARTMENTS = ['民政', '人力社保', '教育'];

/** Logins of a desk: `<node>-agent`, `<node>-clerk`, `<node>-chief`, with the department if the desk has several. */
export function login(node: string, post: 'agent' | 'clerk' | 'chief', department: string | null = null): string {
  return [node, post, ...(department === null ? [] : [DEPARTMENTS.indexOf(department)])].join('-');
}

/** All persons who work in the federation; all are made up. */
export const PEOPLE: readonly DemoPerson[] = [
  ...VILLAGES.map((node) => person(login(node, 'agent'), '代办员', node, 'AGENT')),
  ...TOWNSHIPS.flatMap((node) => [
    person(login(node, 'agent'), '帮办员', node, 'AGENT'),
    person(login(node, 'clerk'), '窗口人员', node, 'CLERK'),
    person(login(node, 'chief'), '首席代表', node, 'CHIEF'),
  ]),
  ...[...COUNTIES, CITY].flatMap((node) =>
    DEPARTMENTS.flatMap((department) => [
      person(login(node, 'clerk', department), '窗口人员', node, 'CLERK', department),
      person(login(node, 'chief', department), '首席代表', node, 'CHIEF', department),
    ]),
  ),
];

/** The host that serves a node. */
export function hostOf(node: string): HostId {
  const host = HOSTS.find(({ nodes }) => (nodes as readonly string[]).includes(node));
  if (!host) throw new RangeError(`no host serves ${node}`);
  return host.id;
}

export function parentOf(village: string): string {
  return village.slice(0, 9);
}
