<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

use Apn\AmiClient\Live\Channel;
use Apn\AmiClient\Live\Model;

/** Compares the live model of one server with the lists of the server. */
final class Comparison
{
    /** @var array<string, array<string, true>> what differs, by its kind */
    public private(set) array $differences = [];
    public private(set) int $items = 0;

    /**
     * @param list<array<string, string>> $channels of CoreShowChannels
     * @param list<array<string, string>> $bridges of BridgeList
     */
    public function __construct(
        private readonly Model $model,
        private readonly string $server,
        array $channels,
        array $bridges,
    ) {
        $listed = array_column($channels, null, 'uniqueid');
        foreach ($listed as $item) {
            $this->compare($item);
        }
        $basic = array_column(
            array_filter($bridges, static fn(array $bridge): bool => $bridge['bridgetype'] === 'basic'),
            null,
            'bridgeuniqueid',
        );
        $this->compareCalls($channels, $basic);
        foreach ($model->calls($server) as $call) {
            foreach ($call->channels() as $channel) {
                if (!isset($listed[$channel->uniqueId])) {
                    $this->differ('a ghost', $channel->name);
                }
            }
            $call->channels() === [] and $this->differ('a call without channels', $call->id);
        }
    }

    /** @param array<string, string> $item */
    private function compare(array $item): void
    {
        ++$this->items;
        $channel = $this->model->channel($item['uniqueid'], $this->server);
        if ($channel === null || !$channel->isAlive()) {
            $this->differ('missing', "{$item['channel']} {$item['channelstatedesc']} {$item['application']}");

            return;
        }
        foreach (self::pairs($channel, $item) as $field => [$own, $true]) {
            if ($own !== self::known($true)) {
                $this->differ($field, "{$item['channel']}: model '{$own}', list '{$true}'");
            }
        }
    }

    /**
     * @param array<string, string> $item
     *
     * @return array<string, array{string, string}>
     */
    private static function pairs(Channel $channel, array $item): array
    {
        return [
            'name' => [$channel->name, $item['channel']],
            'state' => [(string) $channel->state()?->value, $item['channelstate']],
            'number' => [$channel->number(), $item['calleridnum']],
            'callerName' => [$channel->callerName(), stripcslashes($item['calleridname'])],
            'connectedNumber' => [$channel->connectedNumber(), $item['connectedlinenum']],
            'connectedName' => [$channel->connectedName(), stripcslashes($item['connectedlinename'])],
            'accountCode' => [$channel->accountCode(), $item['accountcode']],
            'linkedId' => [$channel->linkedId(), $item['linkedid']],
        ];
    }

    /**
     * Both halves of a Local channel are in one call, and so are all channels of a bridge of two.
     *
     * @param list<array<string, string>> $channels
     * @param array<string, mixed> $basic bridges by their ids
     */
    private function compareCalls(array $channels, array $basic): void
    {
        $groups = [];
        foreach ($channels as $item) {
            if (preg_match('/^(Local\/.*);[12]$/', $item['channel'], $stem) === 1) {
                $groups[$stem[1]][] = $item['uniqueid'];
            }
            if (isset($basic[$item['bridgeid']])) {
                $groups[$item['bridgeid']][] = $item['uniqueid'];
            }
        }
        foreach ($groups as $name => $members) {
            ++$this->items;
            $calls = [];
            foreach ($members as $member) {
                $calls[$this->model->call($member, $this->server)->id ?? 'none'] = true;
            }
            \count($calls) === 1 or $this->differ('in several calls', "{$name}: " . implode(' ', array_keys($calls)));
        }
    }

    private static function known(string $value): string
    {
        return $value === '<unknown>' ? '' : $value;
    }

    private function differ(string $kind, string $what): void
    {
        $this->differences[$kind][$what] = true;
    }
}
