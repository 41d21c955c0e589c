<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** A parsed command line: positional words and options. */
final readonly class Arguments
{
    /** Options that are refused because every process of the machine can read a command line. */
    private const array SECRETS = ['secret', 'password', 'pass', 'key', 'authsecret'];

    /**
     * @param list<string> $words
     * @param array<string, list<string>> $options values by name, in the order given
     */
    private function __construct(
        public array $words,
        private array $options,
    ) {}

    /**
     * @param list<string> $arguments
     * @param array<string, bool> $known options by name; true if the option takes a value
     *
     * @throws UsageException
     */
    public static function parse(array $arguments, array $known): self
    {
        $words = [];
        $options = [];
        while (($argument = array_shift($arguments)) !== null) {
            if ($argument === '--') {
                // All following arguments are words, even if they begin with "-".
                array_push($words, ...array_map(self::withoutSecret(...), $arguments));
                break;
            }
            if (!str_starts_with($argument, '--')) {
                $words[] = self::withoutSecret($argument);
                continue;
            }
            $parts = explode('=', substr($argument, offset: 2), limit: 2);
            $name = $parts[0];
            $value = $parts[1] ?? null;
            if (in_array(strtolower($name), self::SECRETS, strict: true)) {
                throw new UsageException(
                    "--{$name}: secrets do not belong on a command line, which every process can read; set AMI_SECRET or use --config",
                );
            }
            $takesValue = $known[$name] ?? throw new UsageException("--{$name} is not known");
            if ($takesValue) {
                $options[$name][] =
                    $value ?? array_shift($arguments) ?? throw new UsageException("--{$name} needs a value");
            } elseif ($value !== null) {
                throw new UsageException("--{$name} takes no value");
            } else {
                $options[$name][] = '';
            }
        }

        return new self($words, $options);
    }

    public function has(string $option): bool
    {
        return isset($this->options[$option]);
    }

    public function option(string $option): ?string
    {
        $values = $this->options[$option] ?? [];

        return $values === [] ? null : $values[count($values) - 1];
    }

    /** @return list<string> */
    public function all(string $option): array
    {
        return $this->options[$option] ?? [];
    }

    public function seconds(string $option, float $default): float
    {
        $value = $this->option($option) ?? (string) $default;
        if (!is_numeric($value) || (float) $value <= 0) {
            throw new UsageException("--{$option} is {$value}, must be seconds above 0");
        }

        return (float) $value;
    }

    /** @return list<string> the comma-separated values of an option: `--fields=Channel,Cause` */
    public function names(string $option): array
    {
        $names = array_map(trim(...), explode(',', implode(',', $this->all($option))));

        return array_values(array_filter($names, static fn(string $name): bool => $name !== ''));
    }

    private static function withoutSecret(string $word): string
    {
        $name = strstr($word, '=', before_needle: true);
        if ($name !== false && in_array(strtolower($name), ['secret', 'password', 'md5secret'], strict: true)) {
            throw new UsageException("{$name}=: secrets do not belong on a command line, which every process can read");
        }

        return $word;
    }
}
