import type { GraphQLSchema } from 'graphql';
import { isInputObjectType } from 'graphql';
import type { RoleName } from '../wire/federation.ts';
import type { RoleBuilder } from './builder.ts';
import type { ScalarName } from './scalars.ts';
import { createBuilder } from './builder.ts';
import { addAdmission } from '../domains/admission/graph.ts';
import { addBundles } from '../domains/bundles/graph.ts';
import { addCatalogue } from '../domains/catalogue/graph.ts';
import { addDelegation } from '../domains/delegation/graph.ts';
import { addEnquiries } from '../domains/enquiries/graph.ts';
import { addFees } from '../domains/fees/graph.ts';
import { addFigures } from '../domains/figures/graph.ts';
import { addFiling } from '../domains/filing/graph.ts';
import { addHandling } from '../domains/handling/graph.ts';
import { addHearings } from '../domains/hearings/graph.ts';
import { addJoint } from '../domains/joint/graph.ts';
import { addImplementation } from '../domains/implementation/graph.ts';
import { idempotencyKeyText } from '../operation/input-parts.ts';
import { refuseOneCase } from './one-case.ts';
import { refuseUnwritable } from './plain-texts.ts';
import { addProjects } from '../domains/projects/graph.ts';
import { DOMAINS } from '../domains/list.ts';
import { personalFieldsOf } from '../operation/domain.ts';
import { noteReads } from './personal-data.ts';
import { addProxy } from '../domains/proxy/graph.ts';
import { addRoster } from '../domains/roster/graph.ts';
import { addSharing } from '../domains/sharing/graph.ts';
import { addLegalBases } from '../domains/legal-bases/graph.ts';
import { addOffices } from '../domains/offices/graph.ts';
import { addOperators } from '../domains/operators/graph.ts';
import { addSupervision } from '../domains/subtree-cases/graph.ts';

const ROLES: Record<RoleName, { add: (role: RoleBuilder) => void; scalars: readonly ScalarName[] }> = {
  filing: { add: addFiling, scalars: ['DateTime', 'Base64', 'Date', 'Fen'] },
  handling: { add: addHandling, scalars: ['DateTime', 'Base64', 'Date', 'Fen'] },
  catalogue: { add: addCatalogue, scalars: ['Base64', 'DateTime', 'Date', 'Fen'] },
  implementation: { add: addImplementation, scalars: ['DateTime', 'Fen'] },
  figures: { add: addFigures, scalars: ['DateTime', 'Date', 'Fen'] },
  delegation: { add: addDelegation, scalars: ['Date', 'Fen'] },
  sharing: { add: addSharing, scalars: ['DateTime', 'Date'] },
  offices: { add: addOffices, scalars: ['DateTime', 'Date'] },
  admission: { add: addAdmission, scalars: ['DateTime', 'Date', 'Fen'] },
  legalBases: { add: addLegalBases, scalars: ['DateTime', 'Date'] },
  fees: { add: addFees, scalars: ['DateTime', 'Date', 'Fen'] },
  bundles: { add: addBundles, scalars: ['DateTime', 'Base64'] },
  enquiries: { add: addEnquiries, scalars: ['DateTime', 'Date'] },
  joint: { add: addJoint, scalars: ['DateTime'] },
  proxy: { add: addProxy, scalars: ['DateTime', 'Date'] },
  projects: { add: addProjects, scalars: ['DateTime', 'Date', 'Fen'] },
  roster: { add: addRoster, scalars: ['DateTime', 'Date'] },
  hearings: { add: addHearings, scalars: ['DateTime'] },
  operators: { add: addOperators, scalars: ['DateTime'] },
  supervision: { add: addSupervision, scalars: ['DateTime'] },
};

const built = new Map<RoleName, GraphQLSchema>();

/** The executable schema of one role; built once. */
export function roleSchema(role: RoleName): GraphQLSchema {
  let schema = built.get(role);
  if (!schema) {
    const { add, scalars } = ROLES[role];
    const builder = createBuilder(scalars);
    add(builder);
    schema = builder.builder.toSchema();
    describeKeys(schema);
    noteReads(schema, personalFieldsOf(DOMAINS));
    refuseUnwritable(schema);
    refuseOneCase(schema);
    built.set(role, schema);
  }
  return schema;
}

/** Describes the longest length of every idempotency key, in any input and among plain arguments. */
function describeKeys(schema: GraphQLSchema): void {
  const steps = Object.values(schema.getMutationType()?.getFields() ?? {});
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const fields = [...steps.flatMap(({ args }) => args), ...inputs.flatMap((input) => Object.values(input.getFields()))];
  for (const key of fields.filter(({ name }) => name === 'idempotencyKey')) {
    key.description = idempotencyKeyText(key.description);
  }
}
