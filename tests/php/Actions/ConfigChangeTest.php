<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Actions;

use Apn\AmiClient\Actions\ConfigChange;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class ConfigChangeTest extends TestCase
{
    /** @return iterable<string, array{ConfigChange, array<string, mixed>}> */
    public static function changes(): iterable
    {
        yield 'a new category' => [ConfigChange::newCategory('alice'), ['Action' => 'NewCat', 'Cat' => 'alice']];
        yield 'a new category of a template' => [
            ConfigChange::newCategory(
                'alice',
                inherits: ['phone', 'nat'],
                template: true,
                duplicate: true,
                before: 'bob',
            ),
            [
                'Action' => 'NewCat',
                'Cat' => 'alice',
                'Match' => 'bob',
                'Options' => 'allowdups,template,inherit="phone,nat"',
            ],
        ];
        yield 'another name' => [
            ConfigChange::renameCategory('alice', 'bob'),
            ['Action' => 'RenameCat', 'Cat' => 'alice', 'Value' => 'bob'],
        ];
        yield 'a category gone' => [ConfigChange::deleteCategory('alice'), ['Action' => 'DelCat', 'Cat' => 'alice']];
        yield 'an empty category' => [ConfigChange::emptyCategory('alice'), ['Action' => 'EmptyCat', 'Cat' => 'alice']];
        yield 'another value' => [
            ConfigChange::update('alice', 'allow', 'ulaw', match: 'alaw'),
            ['Action' => 'Update', 'Cat' => 'alice', 'Var' => 'allow', 'Value' => 'ulaw', 'Match' => 'alaw'],
        ];
        yield 'a variable gone' => [
            ConfigChange::delete('alice', 'allow'),
            ['Action' => 'Delete', 'Cat' => 'alice', 'Var' => 'allow'],
        ];
        yield 'the first line gone' => [
            ConfigChange::deleteLine('alice', 0),
            ['Action' => 'Delete', 'Cat' => 'alice', 'Line' => 0],
        ];
        yield 'a line at the end' => [
            ConfigChange::append('alice', 'allow', 'ulaw'),
            ['Action' => 'Append', 'Cat' => 'alice', 'Var' => 'allow', 'Value' => 'ulaw'],
        ];
        yield 'a line in between' => [
            ConfigChange::insert('alice', 'allow', 'ulaw', line: 2),
            ['Action' => 'Insert', 'Cat' => 'alice', 'Var' => 'allow', 'Value' => 'ulaw', 'Line' => 2],
        ];
        yield 'one of several of a name' => [
            ConfigChange::deleteCategory('alice')->where('type=aor'),
            ['Action' => 'DelCat', 'Cat' => 'alice', 'Options' => 'catfilter="type=aor"'],
        ];
    }

    /** @param array<string, mixed> $expected */
    #[DataProvider('changes')]
    public function testItIsWrittenAsAsteriskReadsIt(ConfigChange $change, array $expected): void
    {
        $headers = array_filter(ConfigChange::headers([$change]), static fn(mixed $value): bool => $value !== null);

        self::assertSame(
            array_combine(
                array_map(static fn(string $name): string => "{$name}-000000", array_keys($expected)),
                $expected,
            ),
            $headers,
        );
    }

    public function testChangesAreNumberedInTheirOrder(): void
    {
        $headers = ConfigChange::headers([ConfigChange::deleteCategory('a'), ConfigChange::deleteCategory('b')]);

        self::assertSame('a', $headers['Cat-000000']);
        self::assertSame('b', $headers['Cat-000001']);
    }
}
