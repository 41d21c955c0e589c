<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AuthMethod;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Live\State;
use Apn\AmiClient\ServerConfig;

/**
 * A server in the process of its client. What it wrote has arrived when it goes on, so that the client reads the same
 * bytes at once however busy the machine is; and no timer is due before a run has ended.
 */
final class Peer
{
    private const float NEVER = 3_600.0;
    private const int READ_BYTES = 1_048_576;

    public readonly AmiClientManager $manager;

    /** @var resource */
    private readonly mixed $client;

    public function __construct()
    {
        $listener = stream_socket_server('tcp://127.0.0.1:0') ?: throw new \RuntimeException('no port is free');
        [$host, $port] = explode(':', (string) stream_socket_get_name($listener, remote: false));
        $options = new ClientOptions(readTimeout: self::NEVER, heartbeatInterval: self::NEVER / 2);
        $server = new ServerConfig('pbx1', $host, (int) $port, 'bench', 'bench', $options, auth: AuthMethod::Plain);
        // The stall guard reads when its clock says so.
        $this->manager = new AmiClientManager([$server], cluster: new ClusterOptions(stallGuardMs: 0));
        $this->manager->connectAll();
        $this->manager->tick();
        $this->client = stream_socket_accept($listener) ?: throw new \RuntimeException('the client does not come');
        $this->write("Asterisk Call Manager/11.0.0\r\n");
        stream_set_blocking($this->client, enable: false);
        // Otherwise a read takes 8 KiB at most.
        stream_set_chunk_size($this->client, self::READ_BYTES);
        while (!$this->manager->default()->isReady()) {
            $this->manager->tick(10);
            $this->answer();
        }
    }

    public function write(string $bytes): void
    {
        if (fwrite($this->client, $bytes) !== strlen($bytes)) {
            throw new \RuntimeException('the client takes no more');
        }
    }

    /** Answers the lists of a live model: nothing is there. */
    public function listNothing(Model $live): void
    {
        while ($live->state() !== State::Current) {
            $this->manager->tick(10);
            $actions = (string) fread($this->client, self::READ_BYTES);
            preg_match_all('/^Action: (\w+)\r\nActionID: (.*)\r$/m', $actions, $lists, PREG_SET_ORDER);
            foreach ($lists as [, $name, $id]) {
                $this->write("Response: Success\r\nActionID: $id\r\nEventList: start\r\n\r\n");
                $this->write("Event: {$name}Complete\r\nActionID: $id\r\nEventList: Complete\r\nListItems: 0\r\n\r\n");
            }
        }
    }

    /** Answers what the client sent, all at once. */
    public function answer(): void
    {
        $this->write(self::answers((string) fread($this->client, self::READ_BYTES)));
    }

    /** What a server answers to these actions. */
    public static function answers(string $actions): string
    {
        preg_match_all('/^ActionID: .*\r\n/m', $actions, $ids);

        return implode('', array_map(static fn(string $id): string => "Response: Success\r\n$id\r\n", $ids[0]));
    }
}
