<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools;

/** One action of actions.txt. */
final readonly class ActionSpec
{
    /** Actions that only the client itself sends. It refuses them from users. */
    private const array OWN = ['Login', 'Challenge'];

    /**
     * @param list<string> $classes
     * @param list<int> $versions
     * @param list<string> $since
     * @param list<ParameterSpec> $parameters
     */
    public function __construct(
        public string $name,
        public string $does,
        public array $classes,
        public array $versions,
        public array $since,
        public string $answer,
        public array $parameters,
    ) {}

    public function hasClass(): bool
    {
        return !in_array($this->name, self::OWN, true);
    }

    public function writeClass(): string
    {
        return $this->classes === ['none'] ? 'none is needed' : implode(' or ', $this->classes);
    }

    /** @return list<ParameterSpec> those of the constructor, required ones first */
    public function arguments(): array
    {
        $arguments = array_filter($this->parameters, static fn(ParameterSpec $p): bool => !$p->isFixed());
        usort($arguments, static fn(ParameterSpec $a, ParameterSpec $b): int => $b->required <=> $a->required);

        return $arguments;
    }

    /** The sentence for `@answer`. Empty for a single response. */
    public function answerSentence(): string
    {
        $forms = [
            '/^list ([\w ]+) ends (\w+)$/' => 'Answers with a list of $1, ended by $2.',
            '/^single, or for (\S+) list (\w+) ends (\w+)$/' => 'For $1 it answers with a list of $2, ended by $3.',
            '/^single, with Async then event (\w+)$/' => 'With async, the event $1 ends it.',
            '/^single, then event (\w+)$/' => 'The event $1 follows its response and ends it.',
            '/^single, then events without ActionID ends (\w+)$/' => 'Events without ActionID follow its response, $1 ends it.',
            '/^twice$/' => 'Answers twice; the second response tells the outcome.',
            '/^none$/' => 'Answers with bare lines of text and no response.',
            '/^output$/' => 'Answers with output: see Response::getOutput().',
        ];
        foreach ($forms as $form => $sentence) {
            $found = [];
            if (preg_match($form, $this->answer, $found) === 1) {
                $events = Words::enumeration(explode(' ', $found[1] ?? ''));

                return strtr($sentence, ['$1' => $events, '$2' => $found[2] ?? '', '$3' => $found[3] ?? '']);
            }
        }
        if ($this->answer !== '') {
            throw new \UnexpectedValueException("{$this->name}: @answer {$this->answer} is not understood");
        }

        return '';
    }
}
