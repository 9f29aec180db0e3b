// Holds a query and an excerpt of a schema (JSON from stdin) to GitHub's own; prints what is wrong.
import { readFileSync } from 'node:fs';
import { schema } from '@octokit/graphql-schema';
import { buildSchema, isEnumType, parse, validate } from 'graphql';

const { query, excerpt } = JSON.parse(readFileSync(0, 'utf8'));
const github = buildSchema(schema.idl, { assumeValid: true });

const wrong = validate(github, parse(query)).map((error) => error.message);
for (const type of Object.values(buildSchema(excerpt).getTypeMap())) {
  if (type.name.startsWith('__')) continue;
  const theirs = github.getType(type.name);
  if (isEnumType(type)) {
    const values = new Set(theirs?.getValues().map(({ name }) => name));
    wrong.push(...type.getValues().map(({ name }) => name).filter((name) => !values.has(name)));
  }
  for (const field of Object.values(type.getFields?.() ?? {})) {
    const same = String(theirs?.getFields()[field.name]?.type) === String(field.type);
    if (!same) wrong.push(`${type.name}.${field.name}: ${field.type}`);
  }
}
console.log(JSON.stringify(wrong));
