<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Routing;

use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Glob;

/** One Ami::on(), or one entry of `ami.listen.events`, as it was written. It is checked when it is used. */
final readonly class Registration
{
    /** @param string $path where it was written, for messages */
    public function __construct(
        private mixed $names,
        private mixed $target,
        private mixed $where,
        private string $path,
    ) {}

    /** @throws InvalidConfigurationException */
    public function target(): Target
    {
        $target = Target::of($this->target);
        $refusal = $target === null ? get_debug_type($this->target) . ' is no listener' : $target->refusal();

        return $refusal === null && $target !== null ? $target : throw $this->refused($refusal ?? '');
    }

    /** @throws InvalidConfigurationException */
    public function route(): Route
    {
        $target = $this->target();

        return new Route($this->names(), $this->where(), $target->label(), $target->delivery());
    }

    /** @return non-empty-list<string> */
    private function names(): array
    {
        $names = (array) $this->names;
        $texts = array_filter($names, is_string(...));
        if ($texts === [] || $texts !== $names || in_array('', $texts, strict: true)) {
            throw $this->refused(json_encode($names) . ' names no event: write such as Hangup or Queue*');
        }

        return array_values($texts);
    }

    /**
     * The conditions as native code takes them.
     *
     * @return array<string, non-empty-list<string|Glob>>
     */
    private function where(): array
    {
        if (!is_array($this->where)) {
            throw $this->refused('where is ' . get_debug_type($this->where) . ', must be an array of headers');
        }
        $conditions = [];
        foreach ($this->where as $header => $wanted) {
            $values = array_map(
                static fn(mixed $value): mixed => is_int($value) ? (string) $value : $value,
                is_array($wanted) ? array_values($wanted) : [$wanted],
            );
            $isText = static fn(mixed $value): bool => is_string($value) || $value instanceof Glob;
            if (!is_string($header) || $values === [] || !array_all($values, $isText)) {
                $is = "\"$header\" => " . json_encode($wanted);
                throw $this->refused("where has $is, must be a text, a whole number, a Glob, or a list of them");
            }
            /** @var non-empty-list<string|Glob> $values */
            $conditions[$header] = $values;
        }

        return $conditions;
    }

    private function refused(string $why): InvalidConfigurationException
    {
        return new InvalidConfigurationException("{$this->path}: $why");
    }
}
