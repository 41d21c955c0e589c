<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

/** A fenced block of a Markdown page. */
final readonly class Block
{
    public function __construct(
        public string $language,
        /** Number of its first line of code. */
        public int $line,
        public string $code,
    ) {}

    /** True for a block that begins with the opening tag. It is a separate file, named by its first comment. */
    public function isFile(): bool
    {
        return str_starts_with($this->code, '<?php');
    }

    public function fileName(): string
    {
        return preg_match('~^<\?php\s+// ([\w./-]+\.php)~', $this->code, $found) === 1
            ? $found[1] ?? ''
            : "line-{$this->line}.php";
    }

    public function endsAt(): int
    {
        return $this->line + substr_count($this->code, "\n");
    }
}
