import type { DivisionCode } from '../kernel/divisions.ts';
import type { Viewer } from '../operation/permissions.ts';
import type { Role } from '../kernel/words.ts';

/** Somebody who works at a desk; sits at the comprehensive window unless a department is given. */
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
