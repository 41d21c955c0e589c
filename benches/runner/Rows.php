<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** Everything that is measured, in the order of the table. */
final class Rows
{
    private const int ROUNDS_FAST = 40_152 * 30;
    private const int ROUNDS_SLOW = 40_152 * 6;
    private const int ROUNDS_BARE = 40_152 * 60;

    /** @return list<Row> */
    public static function all(): array
    {
        return [self::core(), self::listener()];
    }

    private static function core(): Row
    {
        return new Row(
            'core',
            'Framing and header index, core only',
            'frames/s',
            static function (Programs $programs): array {
                $rates = $programs->bare('core', $programs->data);

                return [
                    'framing and full index' => $rates['framing_and_index'],
                    'memchr loop: every header' => $rates['every_header'],
                    'framing' => $rates['framing'],
                    'memchr loop: frame ends' => $rates['frame_ends'],
                ];
            },
            [Target::atLeast(0.85, 'framing and full index', 'memchr loop: every header')],
        );
    }

    private static function listener(): Row
    {
        return new Row(
            'listener',
            'Socket to a PHP listener that reads three headers',
            'events/s',
            static function (Programs $programs): array {
                $ours = $programs->ours('ours-listen', $programs->feeder(), self::ROUNDS_FAST);
                $pure = $programs->pure('pure-listen', $programs->feeder(), self::ROUNDS_SLOW);
                $bare = $programs->bare('recv', $programs->feeder(), self::ROUNDS_BARE);

                return [...self::rates('ours', $ours), ...self::rates('plain PHP', $pure), ...self::rates('recv and frame ends', $bare)];
            },
            [
                Target::atLeast(6.0, 'ours, a CPU-second', 'plain PHP, a CPU-second'),
                Target::atLeast(1_500_000, 'ours'),
            ],
        );
    }

    /**
     * @param array<string, float> $measured
     *
     * @return array<string, float>
     */
    private static function rates(string $name, array $measured): array
    {
        return [
            $name => $measured['count'] / $measured['wall'],
            "$name, a CPU-second" => $measured['count'] / $measured['cpu'],
        ];
    }
}
