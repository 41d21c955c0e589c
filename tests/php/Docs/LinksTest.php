<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** Links within the project have a target, and README.md links to every page. */
final class LinksTest extends TestCase
{
    /** Markdown files outside of docs whose links are checked too. */
    private const array OTHERS = [
        'ARCHITECTURE.md',
        'CONTRIBUTING.md',
        'CHANGELOG.md',
        'tests/README.md',
        'laravel-adapter/README.md',
        'examples/laravel-wallboard/README.md',
    ];

    /** @return iterable<string, array{Page}> */
    public static function pages(): iterable
    {
        foreach (Page::all() as $name => $page) {
            yield $name => [$page];
        }
        foreach (self::OTHERS as $name) {
            yield $name => [Page::of($name)];
        }
    }

    #[DataProvider('pages')]
    public function testEveryRelativeLinkAndItsAnchorExist(Page $page): void
    {
        self::assertNotSame('', $page->text);
        foreach ($page->links() as $link) {
            if (preg_match('~^[a-z]+:~', $link) === 1) {
                continue;
            }
            [$file, $anchor] = [...explode('#', $link, 2), null];
            $target = $file === '' ? $page->name : self::resolved($page, $file);
            self::assertFileExists(Page::ROOT . "/{$target}", "{$page->name}: {$link}");
            if ($anchor !== null) {
                self::assertContains($anchor, Page::of($target)->anchors(), "{$page->name}: {$link}");
            }
        }
    }

    public function testReadmeLeadsToEveryPage(): void
    {
        $pages = Page::all();
        $reached = [];
        $next = ['README.md'];
        while (($name = array_pop($next)) !== null) {
            $page = $pages[$name] ?? null;
            if ($page === null || isset($reached[$name])) {
                continue;
            }
            $reached[$name] = true;
            foreach ($page->links() as $link) {
                $next[] = self::resolved($page, explode('#', $link, 2)[0]);
            }
        }

        self::assertSame([], array_values(array_diff(array_keys($pages), array_keys($reached))));
    }

    private static function resolved(Page $page, string $file): string
    {
        $folder = dirname($page->name);
        $path = $folder === '.' ? $file : "{$folder}/{$file}";
        while (preg_match('~[^/]+/\.\./~', $path) === 1) {
            $path = (string) preg_replace('~[^/]+/\.\./~', '', $path, limit: 1);
        }

        return $path;
    }
}
