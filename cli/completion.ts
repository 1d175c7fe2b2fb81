import type { Command } from 'commander';
import { type Output, print } from './print.ts';

/** Every command with its subcommands and options, from the program itself. */
function words(command: Command, path: readonly string[] = []): readonly (readonly [path: string, words: readonly string[]])[] {
  const visible = command.commands.filter((one) => one.name() !== 'help');
  const own = [
    ...visible.map((one) => one.name()),
    ...command.options.flatMap(({ long }) => (long == null ? [] : [long])),
    '--help',
  ];
  return [[path.join(' '), own], ...visible.flatMap((one) => words(one, [...path, one.name()]))];
}

const bash = (program: Command): string => `# ficha completion for bash: eval "$(ficha completion bash)"
_ficha() {
  local path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac; done
  local list=""
  case "$path" in
${words(program)
  .map(([path, list]) => `    "${path}") list="${list.join(' ')}" ;;`)
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$list" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _ficha ficha
`;

/** `ficha completion bash|zsh`: a script that completes commands and options. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands in your shell: eval "$(ficha completion bash)"')
    .argument('<shell>', 'bash or zsh')
    .option('--json', 'print JSON')
    .action((shell: string, options: Output, command: Command) => {
      if (shell !== 'bash' && shell !== 'zsh')
        command.error('unknown-shell: there is completion for bash and zsh', { exitCode: 2 });
      const bridge = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
      const script = `${bridge}${bash(program)}`;
      print(options, { shell, script }, () => [script.trimEnd()]);
    });
}
