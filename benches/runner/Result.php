<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** What the runs of one row gave. */
final readonly class Result
{
    /**
     * @param list<string> $commands
     * @param non-empty-list<array<string, float>> $runs
     * @param list<array{text: string, value: float, bound: string, met: bool}> $targets
     */
    private function __construct(
        public string $name,
        public string $title,
        public string $unit,
        public string $machine,
        public array $commands,
        public array $runs,
        public array $targets,
    ) {}

    /** @param list<string> $commands @param non-empty-list<array<string, float>> $runs */
    public static function of(Row $row, array $runs, array $commands): self
    {
        $targets = array_map(static function (Target $target) use ($runs, $row): array {
            $value = $target->value($runs);
            $unit = $target->against === null ? $row->unit : 'times';
            $bound = ($target->isLeast ? '≥ ' : '≤ ') . Number::short($target->bound, $unit);

            return [
                'text' => $target->figure . ($target->against === null ? '' : " / $target->against"),
                'value' => $value,
                'bound' => $bound,
                'unit' => $unit,
                'met' => $target->isMet($value),
            ];
        }, $row->targets);

        return new self($row->name, $row->title, $row->unit, Machine::describe(), $commands, $runs, $targets);
    }

    public static function load(string $file): self
    {
        /** @var array{name: string, title: string, unit: string, machine: string, commands: list<string>, runs: non-empty-list<array<string, float>>, targets: list<array{text: string, value: float, bound: string, unit: string, met: bool}>} $stored */
        $stored = json_decode((string) file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);
        $runs = array_map(static fn(array $run): array => array_map(floatval(...), $run), $stored['runs']);

        return new self(
            $stored['name'],
            $stored['title'],
            $stored['unit'],
            $stored['machine'],
            $stored['commands'],
            $runs,
            $stored['targets'],
        );
    }

    public function save(string $file): void
    {
        $flags = JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR;
        file_put_contents($file, json_encode($this, $flags) . "\n");
    }

    /** @return list<string> */
    public function figures(): array
    {
        return array_keys($this->runs[0]);
    }

    public function median(string $figure): float
    {
        return Statistics::median(array_column($this->runs, $figure));
    }

    /** Half the way from the lowest to the highest run, as a share of the median. */
    public function spread(string $figure): float
    {
        $values = array_column($this->runs, $figure);

        return $this->median($figure) === 0.0 ? 0.0 : ((max($values) - min($values)) / 2) / $this->median($figure);
    }
}
