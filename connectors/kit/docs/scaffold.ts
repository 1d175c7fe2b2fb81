import { FichaError } from '../../../domain/record/error.ts';
import { manifestTemplate, readmeTemplate, textsTemplate } from './scaffold-manifest.ts';
import { specTemplate } from './scaffold-spec.ts';
import { stageTemplate, twinTemplate } from './scaffold-twin.ts';

function titleOf(name: string): string {
  if (!/^[a-z][a-z0-9-]{1,40}$/.test(name) || name === 'kit')
    throw new FichaError(
      'name-invalid',
      `"${name}" is no name for a connector: small letters, digits and hyphens, as acme-mailer`,
    );
  return name
    .split('-')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join(' ');
}

/** The files of a new connector in a user's own folder, by path from there. @param schema path of the manifest's schema, for the editor */
export function ownScaffold(name: string, schema: string): Readonly<Record<string, string>> {
  const title = titleOf(name);
  return {
    [`${name}/manifest.yaml`]: manifestTemplate(name, title, schema),
    [`${name}/README.md`]: readmeTemplate(title),
  };
}

/** The files of a new connector that works against its own twin and passes the suite, by path from the root of the project. */
export function scaffold(name: string): Readonly<Record<string, string>> {
  const title = titleOf(name);
  const type = title.replaceAll(' ', '');
  return {
    [`connectors/${name}/manifest.yaml`]: manifestTemplate(name, title),
    [`connectors/${name}/texts.yaml`]: textsTemplate,
    [`connectors/${name}/README.md`]: readmeTemplate(title),
    [`connectors/${name}/${name}.test.ts`]: stageTemplate(name, type),
    [`test/twins/${name}.ts`]: twinTemplate(name, title, type),
    [`test/twins/${name}/spec.json`]: specTemplate(title),
  };
}
