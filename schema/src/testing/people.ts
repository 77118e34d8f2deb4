import type { DivisionCode } from '../kernel/divisions.ts';
import type { Viewer } from '../operation/permissions.ts';
import type { Role } from '../kernel/words.ts';

/** A person who works at a desk, at its comprehensive window unless a department is given. */
export function person(
  division: DivisionCode,
  roles: Role | readonly Role[],
  department: string | null = null,
  sub?: string,
): Viewer {
  const held = typeof roles === 'string' ? [roles] : roles;
  const id = sub ?? `${held.join('+').toLowerCase()}-${division}`;
  return { issuer: 'test-issuer', sub: id, name: `人员${id}`, division, roles: held, department };
}
