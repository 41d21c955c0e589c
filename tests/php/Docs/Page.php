<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

/** A Markdown page of the project, with its code, its links and its anchors. */
final readonly class Page
{
    public const string ROOT = __DIR__ . '/../../..';

    private function __construct(
        /** Path relative to the folder of the project. */
        public string $name,
        public string $text,
    ) {}

    /** @return array<string, self> README.md and the pages of docs, by name */
    public static function all(): array
    {
        $pages = [];
        foreach (['README.md', ...self::ofDocs()] as $name) {
            $pages[$name] = self::of($name);
        }

        return $pages;
    }

    public static function of(string $name): self
    {
        $text = file_get_contents(self::ROOT . "/{$name}");

        return new self($name, $text === false ? throw new \RuntimeException("no page {$name}") : $text);
    }

    /** @return list<Block> the fenced blocks, in their order */
    public function blocks(): array
    {
        $blocks = [];
        $language = null;
        $begin = 0;
        $code = [];
        foreach (explode("\n", $this->text) as $index => $line) {
            if ($language === null && preg_match('/^```(\w*)$/', $line, $found) === 1) {
                [$language, $begin, $code] = [$found[1] ?? '', $index + 2, []];
            } elseif ($language !== null && $line === '```') {
                $blocks[] = new Block($language, $begin, implode("\n", $code));
                $language = null;
            } elseif ($language !== null) {
                $code[] = $line;
            }
        }

        return $blocks;
    }

    /** The output of a block of code: the `text` block directly after it. */
    public function outputOf(Block $code): ?Block
    {
        $line = $code->endsAt() + 2;
        foreach ($this->blocks() as $block) {
            if ($block->language === 'text' && in_array($block->line, [$line, $line + 1, $line + 2], strict: true)) {
                return $block;
            }
        }

        return null;
    }

    /** @return list<string> targets of its links, as written */
    public function links(): array
    {
        $found = [];
        preg_match_all('/\]\(([^)\s]+)\)/', self::prose($this->text), $found);

        return $found[1] ?? [];
    }

    /** @return list<string> the anchors that GitHub makes of headings, and those of `<a name>` */
    public function anchors(): array
    {
        $prose = self::prose($this->text, keepsCode: true);
        $headings = $named = [];
        preg_match_all('/^#+ (.+)$/m', $prose, $headings);
        preg_match_all('/<a name="([^"]+)">/', $prose, $named);

        return [
            ...array_map(static fn(string $heading): string => strtr(
                (string) preg_replace('/[^\w\- ]/u', '', strtolower($heading)),
                ' ',
                '-',
            ), $headings[1] ?? []),
            ...($named[1] ?? []),
        ];
    }

    /** @return list<string> */
    private static function ofDocs(): array
    {
        return array_map(
            static fn(string $file): string => 'docs/' . basename($file),
            glob(self::ROOT . '/docs/*.md') ?: [],
        );
    }

    private static function prose(string $text, bool $keepsCode = false): string
    {
        $prose = (string) preg_replace('/^```.*?^```$/ms', '', $text);

        return $keepsCode ? $prose : (string) preg_replace('/`[^`\n]*`/', '', $prose);
    }
}
