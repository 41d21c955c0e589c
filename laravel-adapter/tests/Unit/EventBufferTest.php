<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Unit;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Cluster\EventBuffer;
use Apn\AmiClient\Laravel\Routing\Route;
use PHPUnit\Framework\TestCase;

/** Where the streams of the old and the new holder overlap. */
final class EventBufferTest extends TestCase
{
    public function testWhatTheOldHolderDeliveredIsForgotten(): void
    {
        self::assertSame(['c', 'd'], self::left(['x', 'a', 'b'], ['a', 'b', 'c', 'd']));
    }

    public function testWithoutAnOverlapNothingIsForgotten(): void
    {
        self::assertSame(['a', 'b'], self::left(['x', 'y'], ['a', 'b']));
        self::assertSame(['a'], self::left([], ['a']));
        self::assertSame([], self::left(['a'], []));
    }

    public function testEventsThatLookAlikeAreAlignedByTheWholeOverlap(): void
    {
        self::assertSame(['a'], self::left(['b', 'a', 'a'], ['a', 'a', 'a']));
        self::assertSame(['b', 'a'], self::left(['a', 'b', 'a'], ['a', 'b', 'a', 'b', 'a']));
    }

    public function testTheGreetingIsNotCompared(): void
    {
        self::assertSame(['c'], self::left(['a', 'b'], ['FullyBooted', 'a', 'b', 'c']));
    }

    public function testEventsThatOnlyOneOfThemAskedForDoNotDisturb(): void
    {
        self::assertSame(
            ['new1', 'new2', 'c'],
            self::left(['a', 'old1', 'b'], ['a', 'new1', 'b', 'new2', 'c'], theirs: ['?', 'old*'], ours: ['?', 'new*']),
        );
    }

    /**
     * @param list<string> $old
     * @param list<string> $new
     * @param list<string> $theirs
     * @param list<string> $ours
     *
     * @return list<string>
     */
    private static function left(array $old, array $new, array $theirs = ['*'], array $ours = ['*']): array
    {
        $single = static fn(array $names): array => array_merge(...array_map(static fn(string $name): array => (
            $name === '?' ? range('a', 'z') : [$name]
        ), $names));
        $event = static fn(string $name, int $sequence): AmiEvent => unserialize(
            'O:' . strlen(AmiEvent::class) . ':"' . AmiEvent::class . '"'
                . substr(serialize([
                    ...AmiEvent::fromArray('pbx1', ['Event' => $name])->__serialize(),
                    'sequence' => $sequence,
                ]), 1),
        );
        $held = new EventBuffer();
        $route = new Route(['*'], [], 'test', static function (): void {});
        foreach ($new as $sequence => $name) {
            $held->add($route, $event($name, $sequence));
        }
        $tail = array_map(static fn(string $name): array => [
            $name,
            (string) EventBuffer::fingerprint($event($name, 0)),
        ], $old);
        $held->align($tail, $single($theirs), $single($ours));
        $left = [];
        $held->release(static function (Route $route, AmiEvent $event) use (&$left): void {
            $left[] = $event->name;
        });

        return $left;
    }
}
