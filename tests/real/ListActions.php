<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\GenericAction;

/** The list actions of the project's data that a server has. */
final class ListActions
{
    /** @return array<string, array{items: list<string>, end: string}> by the action's name */
    public static function of(AmiClientManager $ami): array
    {
        $commands = $ami->send(new GenericAction('ListCommands'))->await(10.0);

        return array_filter(
            self::all(),
            static fn(string $action): bool => $commands->get($action) !== null,
            ARRAY_FILTER_USE_KEY,
        );
    }

    /** @return array<string, array{items: list<string>, end: string}> */
    private static function all(): array
    {
        $lists = [];
        $action = '';
        foreach (file(\dirname(__DIR__, 2) . '/tools/data/actions.txt', FILE_IGNORE_NEW_LINES) ?: [] as $line) {
            if (preg_match('/^(\w+): /', $line, $name) === 1) {
                $action = $name[1];
            } elseif (preg_match('/@answer .*list (.+) ends (\w+)$/', $line, $answer) === 1) {
                $lists[$action] = ['items' => explode(' ', $answer[1]), 'end' => $answer[2]];
            }
        }

        return $lists;
    }

    private function __construct() {}
}
