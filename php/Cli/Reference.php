<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** The description of an action from tools/data/actions.txt, for the help of bin/ami. */
final readonly class Reference
{
    private const int HEADER_WIDTH = 20;

    /** @param list<array{string, bool, string, string}> $headers name, whether it is required, type, meaning */
    private function __construct(
        public string $name,
        public string $does,
        public string $answer,
        public string $writeClass,
        public string $versions,
        public array $headers,
    ) {}

    /** @return array<string, self> by name in lower case */
    public static function all(): array
    {
        /** @var list<array{string, string, string, string, string, list<array{string, bool, string, string}>}> $rows */
        $rows = require __DIR__ . '/actions.php';
        $all = [];
        foreach ($rows as $row) {
            $all[strtolower($row[0])] = new self(...$row);
        }

        return $all;
    }

    public static function find(string $name): ?self
    {
        return self::all()[strtolower($name)] ?? null;
    }

    /** @return list<string> lines of at most 80 columns */
    public function lines(): array
    {
        $usage = "ami send [SERVER] {$this->name}";
        foreach ($this->headers as [$header, $isRequired]) {
            $usage .= $isRequired ? " {$header}=..." : '';
        }
        $lines = [
            ...explode("\n", wordwrap("{$this->name}: {$this->does}", 80)),
            ...($this->answer === '' ? [] : explode("\n", wordwrap($this->answer, 80))),
            "Write class: {$this->writeClass}. Asterisk {$this->versions}.",
            '',
        ];
        foreach ($this->headers as [$header, $isRequired, $type, $text]) {
            $about = implode('; ', array_filter([$isRequired ? 'required' : '', $type, $text]));
            $indent = "\n" . str_repeat(' ', self::HEADER_WIDTH + 3);
            $lines[] = rtrim('  ' . str_pad($header, self::HEADER_WIDTH) . ' ' . wordwrap($about, 57, $indent));
        }

        $lines = explode("\n", implode("\n", $lines));

        return [...$lines, ...($this->headers === [] ? [] : ['']), "usage: {$usage}"];
    }
}
