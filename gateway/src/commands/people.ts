import { randomBytes } from 'node:crypto';
import { hashPassword, readJson, readText } from '@liandong/runtime';
import type { Divisions, Role } from '@liandong/schema/kernel';
import { worksAt } from '@liandong/schema/domains/accounts';
import { dayOf, parseDivisions, problem, ROLES } from '@liandong/schema/kernel';
import type { Person } from '../issuer/index.ts';
import { parsePeople } from '../issuer/index.ts';
import type { Command, Terminal } from './command.ts';
import { fileOf, requireValue } from './command.ts';
import { readPassword } from './password.ts';
import { changeJsonFile } from './private-file.ts';

export const PEOPLE_USAGE = `  people add <username> --name <name> --division <code> --roles AGENT,… [--department <name>] [--window <name>]
                                            give somebody a login; the password is asked for, or piped in
  people change <username> [--name …] [--division …] [--roles …] [--department …|none] [--window …|none]
                                            another post; the password stays
  people password <username>                another password
  people remove <username>                  take the login away; tokens given before last their working day
  people list [--division <code>]           who has a login, and with which post
                                            all in --file, or LIANDONG_PEOPLE_FILE
`;

const ENVIRONMENT = 'LIANDONG_PEOPLE_FILE';

export const PEOPLE_COMMANDS: Readonly<Record<string, Command>> = {
  'people add': (terminal, values, username) =>
    changed(terminal, values, async (people) => {
      const name = requireUsername(username);
      if (people.some((person) => person.username === name)) {
        throw problem('BAD_INPUT', `${name} has a login already; people change gives another post.`);
      }
      const post = {
        username: name,
        name: requireValue(values, 'name'),
        division: requireValue(values, 'division'),
        roles: rolesOf(requireValue(values, 'roles')),
        department: values['department'] ?? null,
        ...(values['window'] === undefined ? {} : { window: values['window'] }),
      };
      await requirePost(terminal, post);
      const made = { ...post, password: await newPassword(terminal, name) };
      return { people: [...people, made], told: `${name} can log in.` };
    }),

  'people change': (terminal, values, username) =>
    changed(terminal, values, async (people) => {
      const person = findPerson(people, username);
      const { window, ...rest } = person;
      const seat = values['window'] ?? window;
      const department = values['department'] ?? person.department;
      const made: Person = {
        ...rest,
        name: values['name'] ?? person.name,
        division: values['division'] ?? person.division,
        roles: values['roles'] === undefined ? person.roles : rolesOf(values['roles']),
        department: department === 'none' ? null : department,
        ...(seat === undefined || seat === 'none' ? {} : { window: seat }),
      };
      await requirePost(terminal, made);
      return {
        people: people.map((other) => (other === person ? made : other)),
        told: `${person.username} has the post with the next login.`,
      };
    }),

  'people password': (terminal, values, username) =>
    changed(terminal, values, async (people) => {
      const person = findPerson(people, username);
      const made = { ...person, password: await newPassword(terminal, person.username) };
      return {
        people: people.map((other) => (other === person ? made : other)),
        told: `${person.username} has another password.`,
      };
    }),

  'people remove': (terminal, values, username) =>
    changed(terminal, values, async (people) => {
      const person = findPerson(people, username);
      const left = people.filter((other) => other !== person);
      if (left.length === 0) throw problem('BAD_INPUT', 'This would remove the last person who can log in.');
      return { people: left, told: `${person.username} can't log in any more.` };
    }),

  'people list': async (terminal, values) => {
    const { division } = values;
    for (const person of parsePeople(await readJson(fileOf(terminal, values, 'file', ENVIRONMENT)))) {
      if (division !== undefined && person.division !== division) continue;
      const { username, name, roles, department, window } = person;
      const seat = [department, window].filter((part) => part !== null && part !== undefined).join(' ');
      terminal.print(`${[username, name, person.division, roles.join(','), seat].join('\t').trimEnd()}\n`);
    }
  },
};

async function changed(
  terminal: Terminal,
  values: Parameters<Command>[1],
  change: (people: Person[]) => Promise<{ people: Person[]; told: string }>,
): Promise<void> {
  let told = '';
  await changeJsonFile(fileOf(terminal, values, 'file', ENVIRONMENT), async (content) => {
    const made = await change(content === null ? [] : parsePeople(content));
    told = made.told;
    return parsePeople(made.people);
  });
  terminal.print(`${told}\n`);
}

async function newPassword(terminal: Terminal, username: string): Promise<string> {
  return hashPassword(await readPassword(terminal, username), randomBytes(16));
}

function requireUsername(username: string | undefined): string {
  if (username === undefined) throw problem('BAD_INPUT', 'Name the person by the username.', { field: 'username' });
  return username;
}

function findPerson(people: readonly Person[], username: string | undefined): Person {
  const name = requireUsername(username);
  const found = people.find((person) => person.username === name);
  if (!found) throw problem('NOT_FOUND', `No person has the username ${name.slice(0, 60)}.`, { field: 'username' });
  return found;
}

function rolesOf(text: string): Role[] {
  return text.split(',').map((given) => {
    const role = ROLES.find((known) => known === given.trim());
    if (!role) {
      throw problem('BAD_INPUT', `"${given.slice(0, 40)}" is not one of ${ROLES.join(', ')}.`, { field: 'roles' });
    }
    return role;
  });
}

/**
 * Checks a post: the place is in the register, and each role has a duty at its tier.
 * @throws {ProblemError} UNKNOWN_DIVISION, BAD_INPUT
 */
async function requirePost(terminal: Terminal, { division, roles }: Pick<Person, 'division' | 'roles'>): Promise<void> {
  const divisions = await readDivisions(terminal);
  const place = divisions.find(division);
  if (!place) throw problem('UNKNOWN_DIVISION', `No division has the code "${division}".`, { field: 'division' });
  const idle = roles.find((role) => !worksAt(role, place.tier));
  if (idle) throw problem('BAD_INPUT', `A ${idle} has nothing to do at a ${place.tier}.`, { field: 'roles' });
}

async function readDivisions(terminal: Terminal): Promise<Divisions> {
  const file = fileOf(terminal, {}, 'divisions', 'LIANDONG_DIVISIONS_FILE');
  return parseDivisions(await readText(file), dayOf(new Date()));
}
