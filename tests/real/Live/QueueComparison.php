<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Live\Queue;
use Apn\AmiClient\Live\QueueCaller;

/** How the queues of the model of one server differ from what the server lists, but for what Asterisk changes without an event. */
final class QueueComparison
{
    /** @var array<string, true> what differs */
    public private(set) array $differences = [];
    public private(set) int $items = 0;

    /** @param list<array<string, string>> $items of QueueStatus */
    public function __construct(Model $model, string $server, array $items)
    {
        $listed = [];
        foreach ($items as $item) {
            ++$this->items;
            match ($item['event']) {
                'QueueParams' => $listed[$item['queue']] = [
                    'strategy' => $item['strategy'],
                    'callers' => [],
                    'members' => [],
                ],
                'QueueMember' => $listed[$item['queue']]['members'][$item['location']] = self::listedMember($item),
                'QueueEntry' => $listed[$item['queue']]['callers'][] = "{$item['uniqueid']} {$item['channel']}",
                default => null,
            };
        }
        $known = [];
        foreach ($model->queues($server) as $queue) {
            $known[$queue->name] = self::known($queue);
        }
        foreach ($listed as $name => $true) {
            ksort($true['members']);
            $own = $known[$name] ?? null;
            if ($own !== $true) {
                $this->differences["{$name}: model " . json_encode($own) . ', list ' . json_encode($true)] = true;
            }
        }
        foreach (array_diff_key($known, $listed) as $name => $_) {
            $this->differences["{$name} is a ghost"] = true;
        }
    }

    /** @return array{strategy: string, callers: list<string>, members: array<string, string>} */
    private static function known(Queue $queue): array
    {
        $members = [];
        foreach ($queue->members() as $member) {
            $members[$member->interface] = implode(' ', [
                $member->name(),
                (string) $member->state()?->value,
                $member->isPaused() ? 'paused' : 'there',
                $member->pauseReason(),
                (string) $member->penalty(),
                $member->isDynamic() ? 'dynamic' : 'static',
            ]);
        }
        ksort($members);
        $callers = array_map(
            static fn(QueueCaller $caller): string => "{$caller->uniqueId} {$caller->channelName}",
            $queue->callers(),
        );

        return ['strategy' => $queue->strategy(), 'callers' => $callers, 'members' => $members];
    }

    /** @param array<string, string> $item */
    private static function listedMember(array $item): string
    {
        return implode(' ', [
            $item['name'],
            $item['status'],
            $item['paused'] === '1' ? 'paused' : 'there',
            $item['paused'] === '1' ? $item['pausedreason'] : '',
            $item['penalty'],
            $item['membership'],
        ]);
    }
}
