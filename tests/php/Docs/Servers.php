<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

/** The fake servers for the addresses 10.0.0.1, 10.0.0.2 and so on of a page, in one process of fake-asterisk. */
final class Servers
{
    /** @var resource|null */
    private mixed $process = null;

    /** @var list<string> */
    private array $ports = [];

    public function __construct(int $count, #[\SensitiveParameter] string $secret)
    {
        if ($count === 0) {
            return;
        }
        $program = (getenv('CARGO_TARGET_DIR') ?: Page::ROOT . '/target') . '/release/fake-asterisk';
        $pipes = [];
        $process = proc_open(
            [$program, '--nodes', (string) $count, '--rate', '100', '--user', 'dialer'],
            [1 => ['pipe', 'w']],
            $pipes,
            env_vars: [...getenv(), 'FAKE_ASTERISK_SECRET' => $secret],
        );
        $output = $pipes[1] ?? throw new \RuntimeException('no fake-asterisk');
        $this->process = $process === false ? null : $process;
        while (count($this->ports) < $count && ($line = fgets($output)) !== false) {
            $this->ports[] = substr((string) strrchr(rtrim($line), ':'), 1);
        }
    }

    /** The script with its addresses replaced by those of the fake servers, in order. */
    public function place(string $script): string
    {
        $found = [];
        preg_match_all("/'10\.0\.0\.\d+'/", $script, $found);
        $addresses = array_values(array_unique($found[0] ?? []));
        natsort($addresses);
        foreach (array_values($addresses) as $index => $address) {
            $port = $this->ports[$index] ?? throw new \RuntimeException("no server for {$address}");
            $script = strtr($script, [
                "'host' => {$address}" => "'host' => '127.0.0.1', 'port' => {$port}",
                "host: {$address}" => "host: '127.0.0.1', port: {$port}",
                $address => "'127.0.0.1', {$port}",
            ]);
        }

        return $script;
    }

    public function stop(): void
    {
        if ($this->process !== null) {
            proc_terminate($this->process);
            proc_close($this->process);
            $this->process = null;
        }
    }
}
