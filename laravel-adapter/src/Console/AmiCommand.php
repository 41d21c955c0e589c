<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Exception\AmiThrowable;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Worker\JsonOutput;
use Apn\AmiClient\Laravel\Worker\ServerHeldException;
use Apn\AmiClient\Laravel\Worker\Worker;
use Illuminate\Console\Command;
use Illuminate\Support\Arr;
use RedisException;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/** A command that reports a failure in one sentence; -v shows where it came from. */
abstract class AmiCommand extends Command
{
    private const int LOOK_US = 100_000;

    protected bool $needsExtension = true;
    /** What it exits with where it failed. */
    protected int $failure = self::FAILURE;

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        if ($this->needsExtension && !extension_loaded('ami_client')) {
            return $this->failed(
                'The PHP extension ami_client is missing. Install it with "pie install apn/ami-client-ext"; "php artisan ami:doctor" checks everything else.',
            );
        }
        try {
            return (int) parent::execute($input, $output);
        } catch (AmiThrowable|RedisException|ServerHeldException $error) {
            if ($output->isVerbose()) {
                throw $error;
            }
            $redis = $this->laravel->make(Settings::class)->nullableString('redis');
            $what = "The Redis connection \"$redis\" of config/database.php failed: ";
            return $this->failed(($error instanceof RedisException ? $what : '') . $error->getMessage());
        }
    }

    /** Asks the workers of the argument "worker", or all. */
    protected function askWorkers(Records $records, string $what, string $done): int
    {
        $there = array_keys($records->workers());
        $workers = self::listOf($this->argument('worker')) ?: $there;
        foreach ($workers as $worker) {
            if (!in_array($worker, $there, strict: true)) {
                return $this->failed("There is no worker $worker: there are " . (implode(', ', $there) ?: 'none'));
            }
            $records->ask($worker, $what);
            $this->components->twoColumnDetail($worker, $done);
        }

        return $workers === [] ? $this->noWorker() : self::SUCCESS;
    }

    protected function noWorker(): int
    {
        return $this->failed(
            'No worker is running: start "php artisan ami:listen". One that runs cannot report to a Redis that is full: "php artisan ami:doctor" tells.',
        );
    }

    protected function failed(string $why): int
    {
        $this->components->error($why);

        return $this->failure;
    }

    /**
     * Looks again and again.
     *
     * @param \Closure(): bool $condition
     *
     * @return ?float seconds that it took; null where it is not so within $seconds
     */
    protected static function until(\Closure $condition, float $seconds): ?float
    {
        $began = Worker::now();
        while (!$condition()) {
            if ((Worker::now() - $began) > $seconds) {
                return null;
            }
            usleep(self::LOOK_US);
        }

        return Worker::now() - $began;
    }

    protected function json(mixed $value): void
    {
        $this->output->writeln((string) json_encode($value, JsonOutput::FLAGS), OutputInterface::OUTPUT_RAW);
    }

    /** @return list<string> what was given for an argument or an option */
    protected static function listOf(mixed $value): array
    {
        return array_values(array_unique(array_map(strval(...), array_filter(Arr::wrap($value), is_scalar(...)))));
    }

    protected function seconds(string $option): float
    {
        $value = $this->option($option);

        return is_numeric($value) && (float) $value >= 0.0
            ? (float) $value
            : throw new InvalidConfigurationException("--$option is \"$value\", must be a number of seconds");
    }

    protected function whole(string $option, int $max = PHP_INT_MAX): int
    {
        $value = $this->option($option);
        if (!is_int($value) && !ctype_digit((string) $value) || (int) $value > $max) {
            $bound = $max === PHP_INT_MAX ? '' : " of at most $max";
            throw new InvalidConfigurationException("--$option is \"$value\", must be a whole number$bound");
        }

        return (int) $value;
    }
}
